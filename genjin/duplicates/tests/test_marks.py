"""Keys of names as numbers: the same names share one as share a key in words."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pytest

from genjin.duplicates.sweeping import marks
from genjin.duplicates.sweeping.marks import marks_of
from genjin.duplicates.sweeping.names import keys_of
from genjin.kernel.company_names import CompanyName, read_company

PLACES = ("", "苏州", "上海市", "昆山")
BRANDS = ("晶砺", "晶励", "远岫", "远秀", "华华", "明", "A1", "3M中国", "恒泰昌", "土士未末")
TRADES = ("半导体", "伴导体", "新能源科技", "服饰", "", "华华华华", "贸易(二)")
ENDS = ("有限公司", "股份有限公司", "", "上海分公司", "有限公司第2厂")
ODD = ("", "公司", "上海", "甲", "A", "a b c", "🜨🜨🜨", "某" * 60, "砺励" * 30, "Ångström GmbH")


def names(count: int) -> list[CompanyName]:
    chance = Random(11)  # noqa: S311 - invented names
    made = ["".join(map(chance.choice, (PLACES, BRANDS, TRADES, ENDS))) for _each in range(count)]
    return [read_company(name) for name in (*made, *ODD)]


@pytest.mark.parametrize("at_once", [7, 4_000])
def test_numbers_are_shared_by_the_names_that_share_a_key(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "AT_ONCE", at_once)
    read = names(400)
    by_word: dict[str, set[int]] = defaultdict(set)
    for place, name in enumerate(read):
        for key in keys_of(name):
            by_word[key].add(place)
    by_number: dict[int, list[int]] = defaultdict(list)
    for number, place in zip(*(each.tolist() for each in marks_of(read)), strict=True):
        by_number[number].append(place)
    assert all(len(set(places)) == len(places) for places in by_number.values()), "each once for a name"
    assert len(by_number) == len(by_word)
    assert sorted(map(sorted, by_number.values())) == sorted(map(sorted, by_word.values()))


def test_places_are_counted_from_where_one_says_and_stand_in_their_order() -> None:
    read = names(40)
    numbers, places = marks_of(read, 100)
    plain, counted = marks_of(read)
    assert numbers.tolist() == plain.tolist()
    assert places.tolist() == [place + 100 for place in counted.tolist()]
    assert places.tolist() == sorted(places.tolist())
    assert [len(each) for each in marks_of([])] == [0, 0]
    assert [len(each) for each in marks_of([read_company("")])] == [0, 0]
