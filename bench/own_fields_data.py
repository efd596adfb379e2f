"""A copy of the million in which the company has twenty fields of its own on customers, filled on every row, five of
them indexed, and two roles with ten rules on fields. Made through the product's actions and its job; only the values
come by SQL, as a long use would have left them.

Not here: what is measured on it (`own_fields`).
"""

# ruff: noqa: E501 - tables of words and SQL read better unbroken
from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.cast import Cast

MADE = "own-fields.json"
ROLES = ("salesperson, 10 rules", "department head, 10 rules")


@dataclass(frozen=True)
class Made:
    """A field as it is added, and the SQL of its JSON value, of `h`, a number spread over the rows."""

    key: str
    label: str
    kind: str
    value: str
    facts: dict[str, Any] | None = None
    options: tuple[str, ...] = ()
    in_list: bool = False
    indexed: bool = False
    searched: bool = False


MODELS = "(ARRAY['数控车床','立式加工中心','激光切割机','折弯机','磨床','注塑机','机械手','空压机'])[1 + h % 8]"
FIELDS = (
    Made("x_model", "设备型号", "text", f"to_jsonb({MODELS} || ' VMC-' || (h % 9000 + 1000))", in_list=True, indexed=True),
    Made("x_amount", "年采购额", "money", "to_jsonb((h % 9000000)::numeric / 10)", in_list=True, indexed=True),
    Made("x_due", "下次巡检", "date", "to_jsonb(to_char(DATE '2026-01-01' + (h % 700)::int, 'YYYY-MM-DD'))", in_list=True, indexed=True),
    Made("x_seen", "上次开机", "datetime", "to_jsonb(to_char(TIMESTAMP '2025-01-01' + (h % 900000) * interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))", indexed=True),
    Made("x_grade", "维保等级", "choice", "to_jsonb('k' || (1 + LEAST(h % 7, 4)))", options=("金", "银", "铜", "普通", "停保"), in_list=True, indexed=True),
    Made("x_sn", "合同编号", "serial", "to_jsonb('HT-' || lpad((made.id % 10000000)::text, 7, '0'))", facts={"pattern": "HT-{0000000}"}),
    Made("x_quantity", "台数", "number", "to_jsonb(1 + h % 40)"),
    Made("x_rate", "折扣", "percent", "to_jsonb(h % 30)"),
    Made("x_lines", "产线", "multichoice", "jsonb_build_array('k' || (1 + h % 3), 'k' || (4 + h % 3))", options=("一线", "二线", "三线", "四线", "五线", "六线")),
    Made("x_vip", "重点", "yesno", "to_jsonb(true)"),
    Made("x_engineer", "服务工程师", "person", "to_jsonb({owner} + (h % 400))"),
    Made("x_branch", "服务网点", "department", "to_jsonb({department})"),
    Made("x_dealer", "经销商", "record", "to_jsonb(made.id)", facts={"to": "customer"}),
    Made("x_phone", "值班电话", "phone", "to_jsonb('1388' || lpad((h % 10000000)::text, 7, '0'))", searched=True),
    Made("x_mail", "服务邮箱", "email", "to_jsonb('service' || h % 100000 || '@example.com')"),
    Made("x_site", "门户", "url", "to_jsonb('https://example.com/' || h % 100000)"),
    Made("x_place", "安装地", "region", "to_jsonb((ARRAY['320500','310000','440300','330100'])[1 + h % 4])"),
    Made("x_note", "服务备注", "longtext", "to_jsonb('每季度保养一次，联系' || h % 1000 || '号工位，换刀前先停机。')"),
    Made("x_card", "经办身份证", "id_card", "to_jsonb('32050019900101' || lpad((h % 10000)::text, 4, '0'))"),
    Made("x_total", "折后金额", "formula", "to_jsonb(round((h % 9000000)::numeric / 10 * (100 - h % 30) / 100, 2))", facts={"formula": "{年采购额} * (1 - {折扣})", "result": "money"}),
)  # fmt: skip
RULES = {
    "customer.phone": "masked", "customer.background": "hidden", "customer.x_phone": "masked", "customer.x_card": "masked",
    "customer.x_mail": "masked", "customer.x_note": "hidden", "customer.x_rate": "hidden", "customer.x_engineer": "hidden",
    "customer.x_amount": "read", "customer.x_due": "read",
}  # fmt: skip
"""Ten rules; the formula is hidden with what it reads."""


def prepare(data: Path) -> dict[str, Any]:
    """Fields, values, indexes and roles, once; what adding and indexing took."""
    kept = data / MADE
    if kept.exists():
        return dict(json.loads(kept.read_text()))
    from genjin.kernel.actor import Surface
    from genjin.org.queries import actor_for

    actor = actor_for(Cast.read(data / "cast.json").administrator, Surface.WEB)
    assert actor is not None
    print("fields", flush=True)
    added = {made.key: _timed(partial(_add, actor, made)) for made in FIELDS}
    print("values", flush=True)
    taken = _timed(lambda: _fill(data))
    print("indexes", flush=True)
    built = {made.key: _index(actor, made.key) for made in FIELDS if made.indexed}
    limited = _limited(data, actor)
    found = {
        "add_seconds": {"median": round(sorted(added.values())[len(added) // 2], 3), "most": round(max(added.values()), 3)},
        "fill_seconds": round(taken), "indexes": built, "roles": limited,
    }  # fmt: skip
    kept.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    return found


def _timed(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _add(actor: Any, made: Made) -> None:
    from genjin.kernel.actions import ACTIONS

    raw: dict[str, Any] = {"record_type": "customer", "kind": made.kind, "label": made.label, "key": made.key}
    options = [{"label": label, "key": f"k{place}"} for place, label in enumerate(made.options, 1)]
    raw |= {name: given for name, given in (("facts", made.facts), ("options", options)) if given}
    ACTIONS["fields.add"].run(actor, None, raw | {"in_list": made.in_list, "searched": made.searched})


def _fill(data: Path) -> None:
    """Each row gets a value of each field, and the words that its phone is found by. Without indexes meanwhile, and
    without the dead rows afterwards."""
    from bench.building import _drop_indexes, _execute, _fetch

    member, department = Cast.read(data / "cast.json").owners[0]
    values = [f"'{made.key}', {made.value}" for made in FIELDS]
    custom = f"jsonb_build_object({', '.join(values)})"
    custom = custom.replace("{owner}", str(member)).replace("{department}", str(department))
    first = int(_fetch("SELECT min(id) FROM customers_customer")[0])
    kept = _drop_indexes(["customers_customer"])
    try:
        for start in range(first, int(_fetch("SELECT max(id) FROM customers_customer")[0]) + 1, 50_000):
            _execute(
                "WITH made AS MATERIALIZED (SELECT id, abs(hashint8(id)::bigint) AS h FROM customers_customer"
                f"  WHERE id >= {start} AND id < {start + 50_000})"
                f" UPDATE customers_customer AS row SET custom = {custom},"
                "  search = row.search || ('d.' || right((h % 10000000)::text, 4))::tsvector,"
                "  search_key = row.search_key || ' 1388' || lpad((h % 10000000)::text, 7, '0')"
                " FROM made WHERE made.id = row.id"
            )
        _execute("VACUUM FULL customers_customer")
    finally:
        for statement in kept:
            _execute("SET maintenance_work_mem = '512MB'; " + statement)
    _execute("VACUUM ANALYZE customers_customer")
    (data / "indexes-own.txt").write_text("\n".join(kept))


def _index(actor: Any, key: str) -> dict[str, float]:
    """The index of a field by its action and job, while another writes: seconds, and the longest that a write took."""
    from genjin.kernel.actions import ACTIONS
    from genjin.kernel.models.definitions import OwnField
    from genjin.kernel.models.jobs import JobProgress

    field = OwnField.objects.get(record_type="customer", key=key)
    ACTIONS["fields.index"].run(actor, field.pk, {})
    job = JobProgress.objects.filter(name="tailoring.index").latest("pk")
    ended, waits = threading.Event(), [0.0]
    writer = threading.Thread(target=_write_on, args=(ended, waits))
    writer.start()
    try:
        taken = _timed(lambda: _run(job.pk, field.pk))
    finally:
        ended.set()
        writer.join()
    assert OwnField.objects.get(pk=field.pk).index == "ready"
    return {"seconds": round(taken, 1), "longest_write_ms": round(waits[0] * 1000)}


def _run(job_id: int, field_id: int) -> None:
    from genjin.kernel.jobs import JOBS, _run_once

    _run_once(JOBS["tailoring.index"], job_id, {"field": field_id}, attempt=1)


def _write_on(ended: threading.Event, waits: list[float]) -> None:
    from django.db import connection

    from bench.building import _execute, _fetch

    first = int(_fetch("SELECT min(id) FROM customers_customer")[0])
    number = 0
    while not ended.is_set():
        number += 1
        statement = f"UPDATE customers_customer SET version = version WHERE id = {first + number * 97}"
        waits[0] = max(waits[0], _timed(partial(_execute, statement)))
        time.sleep(0.05)
    connection.close()


def _limited(data: Path, actor: Any) -> dict[str, int]:
    """Two roles like the salesperson's and the head's with the ten rules, each given to another such member instead."""
    from genjin.kernel.actions import ACTIONS
    from genjin.kernel.stamps import bump_stamp
    from genjin.org.models import MemberRole, Role

    found = {}
    for label, (key, member_id) in zip(ROLES, limited_members(data).items(), strict=True):
        model = Role.objects.get(key=key)
        raw = {
            "name": f"{model.name}（十条字段规则）",
            "scope": model.scope,
            "grants": dict(model.grants),
            "fields": RULES,
        }
        role = ACTIONS["roles.create"].run(actor, None, raw).row_id
        MemberRole.objects.filter(member_id=member_id).update(role_id=role)
        found[label] = member_id
    bump_stamp()
    return found


def limited_members(data: Path) -> dict[str, int]:
    """{role: the member who gets it limited}: the same in every copy, next to those who act in the measurements."""
    from genjin.org.models import Member

    cast = Cast.read(data / "cast.json")
    heads = Member.objects.filter(name__startswith="办事处经理").exclude(pk=cast.head).order_by("pk")
    sellers = Member.objects.filter(name__startswith="销售", pk__gt=cast.salesperson).order_by("pk")
    return {"salesperson": sellers[0].pk, "department_head": heads[0].pk}
