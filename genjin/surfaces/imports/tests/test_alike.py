"""Rows whose names are alike without being equal: to customers, to earlier rows; what counts as a duplicate is set per
import; customers without a salesperson go round.
"""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest

from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.actions import mend_row, set_policy
from genjin.surfaces.imports.models import Import, ImportRow, RowState
from genjin.surfaces.imports.receiving import upload_file
from genjin.surfaces.imports.tests.engine import brought, checked
from genjin.surfaces.imports.tests.files import csv_file
from genjin.testing.cast import Cast

pytestmark = pytest.mark.long

THERE = (
    "苏州晶砺半导体有限公司",
    "常州远岫新能源有限公司",
    "昆山晨曦新材料科技有限公司",
    "湖州宏大精密机械股份有限公司",
)
FILE = (
    "苏州晶励半导体有限公司",
    "远岫新能源（常州）",
    "昆山晨光新材料科技有限公司",
    "湖州宠大精密机械有限公司",
    "杭州云栖动力电池",
    "杭州云栖动力电池组有限公司",
    "杭州运栖动力电池有限公司",
    "第一纺织厂",
    "第二纺织厂",
)


def _found(batch: Import) -> dict[str, tuple[int, str, int | None]]:
    """{name: (percent, why, its number of the earlier row)} of the possible duplicates."""
    rows = ImportRow.objects.filter(batch_id=batch.pk, state=RowState.DUPLICATE)
    return {row.title: (row.alike or 0, row.duplicate_why, row.duplicate_row) for row in rows}


@pytest.mark.parametrize("read_all", [False, True])
def test_names_that_are_alike_are_found_among_customers_and_in_the_file(
    cast: Cast, read_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if read_all:  # as a long file is compared
        monkeypatch.setattr("genjin.duplicates.many.names.FEW", 0)
        monkeypatch.setattr("genjin.duplicates.many.names.READ_WORTH", 10**9)
    actor = cast.actor("owner")
    for name in THERE:
        make_customer(actor, name)
    make_customer(cast.actor("stranger"), "绍兴望海潮文化传播有限公司")
    batch = checked(actor, ["客户名称"], *[[name] for name in FILE], ["绍兴望海朝文化传播"])
    assert _found(batch) == {
        "苏州晶励半导体有限公司": (96, "similar", None),
        "远岫新能源（常州）": (97, "similar", None),
        "湖州宠大精密机械有限公司": (96, "similar", None),
        "杭州云栖动力电池组有限公司": (92, "file_similar", 6),
        "杭州运栖动力电池有限公司": (96, "file_similar", 6),
        "绍兴望海朝文化传播": (96, "hidden", None),
    }


def test_a_mended_row_is_compared_with_the_rows_of_its_file_and_they_with_it(cast: Cast) -> None:
    actor = cast.actor("owner")
    names = ("常州远岫新能源有限公司", "杭州云栖动力电池", "第一纺织厂", "杭州运栖动力电池有限公司", "泰州长风机电")
    batch = checked(actor, ["客户名称"], *[[name] for name in names], ["杭州云栖动力电池"])
    assert _found(batch) == {"杭州运栖动力电池有限公司": (96, "file_similar", 3)}
    mend_row(actor, batch.pk, number=6, fixes={"0": "远岫新能源（常州）"})
    assert _found(batch)["远岫新能源（常州）"][1:] == ("file_similar", 2), "with a row above"
    mend_row(actor, batch.pk, number=3, fixes={"0": "昆山晨曦新材料科技有限公司"})
    assert set(_found(batch)) == {"远岫新能源（常州）", "杭州云栖动力电池"}, "whose row above changed"
    assert _found(batch)["杭州云栖动力电池"][2] == 5
    mend_row(actor, batch.pk, number=2, fixes={"0": "杭州云栖动力电池组有限公司"})
    assert _found(batch) == {"杭州云栖动力电池": (96, "file_similar", 5)}, "and with those below"


def test_what_makes_a_duplicate_is_set_for_each_import_and_remembered_with_its_headings(cast: Cast) -> None:
    actor = cast.actor("owner")
    make_customer(actor, THERE[0], phone="13800138000")
    rows = [["客户名称", "电话"], ["苏州晶励半导体有限公司", ""], ["绍兴望海潮", "13800138000"]]
    batch = checked(actor, *rows)
    assert [facts[1] for facts in _found(batch).values()] == ["similar", "phone"]
    set_policy(actor, batch.pk, policy={"by_likeness": False})
    assert [facts[1] for facts in _found(batch).values()] == ["phone"]
    set_policy(actor, batch.pk, policy={"by_phone": False, "by_likeness": True})
    assert [facts[1] for facts in _found(batch).values()] == ["similar"]
    mend_row(actor, batch.pk, number=2, fixes={"0": "苏州晴空半导体有限公司"})
    mend_row(actor, batch.pk, number=3, fixes={"0": "晶砺半导体苏州"})
    assert list(_found(batch)) == ["晶砺半导体苏州"]
    brought(actor, *rows, policy={"by_phone": False, "share": [cast.owner.pk]})
    again = upload_file(actor, filename="下月.csv", content=BytesIO(csv_file(*rows)))
    assert (again.policy["by_phone"], again.policy["share"]) == (False, [cast.owner.pk])
    others = upload_file(cast.actor("teammate"), filename="下月.csv", content=BytesIO(csv_file(*rows)))
    assert (others.policy["by_phone"], others.policy["share"]) == (False, [])


def test_customers_without_a_salesperson_go_round_among_the_chosen(cast: Cast) -> None:
    actor = cast.actor("administrator")
    members = [cast.owner.pk, cast.teammate.pk, cast.manager.pk]
    named = ["流转丙", "流转丁", "流转戊", "流转己", "流转庚", "流转辛", "流转壬"]
    rows = [[f"{name}有限公司", "manager" if name == "流转丁" else ""] for name in named]
    batch = brought(actor, ["客户名称", "负责人"], *rows, policy={"share": members})
    owners = Counter(Customer.objects.filter(name__startswith="流转").values_list("owner_id", flat=True))
    assert batch.counts["customers"] == 7
    assert sorted(owners.values()) == [2, 2, 3]
    mine = brought(actor, ["客户名称", "负责人"], ["归我一", "manager"], ["归我二", ""], policy={"assign": "mine"})
    assert mine.policy["share"] == members, "kept with the headings, for another time"
    owners = Counter(Customer.objects.filter(name__startswith="归我").values_list("owner_id", flat=True))
    assert owners == {cast.administrator.pk: 2}
    with pytest.raises(Refused):
        checked(actor, ["客户名称"], ["流转子"], policy={"assign": "lottery"})
    with pytest.raises(Refused):
        checked(actor, ["客户名称"], ["流转癸"], policy={"share": ["everybody"]})
