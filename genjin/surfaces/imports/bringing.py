"""Bringing planned rows in, through the bulk form of the actions: a step of the import's own action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genjin.customers.queries import customers_named
from genjin.kernel import normal
from genjin.kernel.actions import BatchOutcome
from genjin.kernel.actor import Actor, Surface
from genjin.kernel.refusal import Refused
from genjin.kernel.wording import clauses
from genjin.surfaces.imports.matching import CUSTOMER, FOLLOWUP
from genjin.surfaces.imports.models import Duplicates
from genjin.surfaces.imports.planning import DUPLICATE, REJECTED, RowPlan

MOST_LISTED = 1_000


def bring(actor: Actor, rows: Sequence[RowPlan], duplicates: Duplicates, report: dict[str, Any]) -> dict[str, Any]:
    """Create customers and follow-ups of these rows; the report so far, continued (see Import)."""
    actor = actor.through(Surface.IMPORT)
    total = _Report(report)
    wanted = [row for row in rows if total.takes(row, duplicates)]
    first = [row for row in wanted if not row.follows and (row.state != DUPLICATE or duplicates is Duplicates.CREATE)]
    known = duplicates is Duplicates.CREATE
    made = CUSTOMER.action.run_rows(
        actor, [(row.number, {**row.customer, **({"duplicate_known": "1"} if known else {})}) for row in first]
    )
    customers = total.count("customers", [row.number for row in first], made, rows)
    lost = {number for number, _refusal in made.refused}
    _find_others(actor, [row for row in wanted if row.number not in customers and row.number not in lost], customers)
    second = [row for row in wanted if row.followup and customers.get(row.number)]
    written = FOLLOWUP.action.run_rows(
        actor, [(row.number, {**row.followup, "customer": str(customers[row.number])}) for row in second]
    )
    total.count("followups", [row.number for row in second], written, rows)
    total.list_brought(customers)
    return total.facts


def _find_others(actor: Actor, rows: Sequence[RowPlan], customers: dict[int, int]) -> None:
    """The customers of rows that do not make one: made by an earlier row, or there before."""
    named = customers_named(actor, {row.name for row in rows})
    for row in rows:
        found = named.get(normal.company_key(row.name))
        if found:
            customers[row.number] = found


class _Report:
    """The report in the making."""

    def __init__(self, facts: dict[str, Any]) -> None:
        counts = {key: facts.get(key, 0) for key in ("customers", "followups", "duplicates", "refused")}
        self.facts: dict[str, Any] = counts
        self.facts["rejected"] = list(facts.get("rejected", []))
        self.facts["brought"] = list(facts.get("brought", []))

    def takes(self, row: RowPlan, duplicates: Duplicates) -> bool:
        """Whether a row is to be brought in; what is not is listed with its reason."""
        if row.state == REJECTED:
            self.reject(row, row.reason)
            return False
        if row.state == DUPLICATE and duplicates is not Duplicates.CREATE:
            attached = duplicates is Duplicates.ATTACH and row.existing is not None
            self.facts["duplicates"] += 1
            if not attached:
                self._list(row.number, row.name, row.reason)
            return attached
        return True

    def reject(self, row: RowPlan, reason: str) -> None:
        """Count and list a row that was not brought in."""
        self.facts["refused"] += 1
        self._list(row.number, row.name, reason)

    def count(self, key: str, numbers: Sequence[int], outcome: BatchOutcome, rows: Sequence[RowPlan]) -> dict[int, int]:
        """{row number: id} of what was made; what was refused is listed."""
        refused: dict[int, Refused] = dict(outcome.refused)
        by_number = {row.number: row for row in rows}
        for number, refusal in refused.items():
            self.reject(by_number[number], _words(refusal))
        self.facts[key] += len(outcome.done)
        return dict(zip([n for n in numbers if n not in refused], outcome.done, strict=True))

    def list_brought(self, customers: dict[int, int]) -> None:
        """Remember which row led to which customer."""
        left = MOST_LISTED - len(self.facts["brought"])
        self.facts["brought"] += [[number, made] for number, made in sorted(customers.items())][: max(0, left)]

    def _list(self, number: int, name: str, reason: str) -> None:
        if len(self.facts["rejected"]) < MOST_LISTED:
            self.facts["rejected"].append([number, name, reason])


def _words(refusal: Refused) -> str:
    return clauses(refusal.errors.values()) or refusal.message
