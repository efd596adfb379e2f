"""What the description says of rules, allocation and the ledger: one function per part of the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from genjin.allocation.actions.allocating import ALLOCATE
from genjin.allocation.grants import MANAGE as ALLOTTING
from genjin.allocation.grants import TAKE
from genjin.duplicates.grants import MANAGE as MATCHING
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.records import RecordType
from genjin.merging.reach import MERGEABLE
from genjin.ownership.grants import MANAGE
from genjin.surfaces.api.records import BASE

Shape = dict[str, Any]
Named = Callable[[str, str], Shape]


def rule_paths(actor: Actor, types: list[RecordType], operation: Named, number: Shape) -> Shape:
    """Rules for who sets them up; allocation for who manages it, sits in it or lets whole lists be given. `types`:
    those that are compared."""
    paths: Shape = {}
    if actor.may(MANAGE):
        previewed: Shape = {"type": "object", "properties": {"pool": {"type": "integer"}, "whole": {"type": "boolean"}}}
        body = {"requestBody": {"content": {"application/json": {"schema": previewed}}}}
        paths[f"{BASE}/pools"] = {"get": operation("pools.rules", _("公海规则"))}
        paths[f"{BASE}/pools/preview"] = {"post": operation("pools.preview", _("保存后会怎样")) | body}
        paths[f"{BASE}/capacities"] = {"get": operation("capacities.list", _("保有上限"))}
    for record_type in types if actor.may(MATCHING) else ():
        told = operation(f"duplicates.{record_type.plural}.rules", _("查重规则"))
        paths[f"{BASE}/duplicates/{record_type.plural}/rules"] = {"get": told}
    return paths | _allocation(actor, operation, number)


def _allocation(actor: Actor, operation: Named, number: Shape) -> Shape:
    paths: Shape = {}
    here, label = f"{BASE}/allocation", _("分配")
    if actor.may(ALLOTTING):
        test = operation("allocation.tests", _("回测分配方式"))
        paths[f"{here}/schemes"] = {"get": operation("allocation.schemes", label)}
        paths[f"{here}/schemes/{{id}}/test"] = {"parameters": [number], "get": test}
    if actor.may(TAKE):
        paths[f"{here}/offers"] = {"get": operation("allocation.offers", label)}
    if any(actor.may(verb.needs) for verb in ALLOCATE.values()):
        paths[f"{here}/runs"] = {"get": operation("allocation.runs", label)}
        paths[f"{here}/runs/{{id}}"] = {"parameters": [number], "get": operation("allocation.run", label)}
    return paths


def ledger_paths(record_type: RecordType, operation: Named, query: Callable[[str], Shape], number: Shape) -> Shape:
    """Who owned a record and what was merged into it, of types that have owners and can be merged."""
    base, plural, paths = f"{BASE}/{record_type.plural}/{{id}}", record_type.plural, {}
    if record_type.grant("add_teammate") in ACTIONS:
        told = operation(f"{plural}.owners", _("归属记录")) | {"parameters": [query("on"), query("size")]}
        paths[f"{base}/owners"] = {"parameters": [number], "get": told}
    if record_type.key in MERGEABLE:
        paths[f"{base}/merges"] = {"parameters": [number], "get": operation(f"{plural}.merges", _("合并"))}
    return paths
