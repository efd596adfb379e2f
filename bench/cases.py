"""Runs cases at the level of the kernel: lists, search, detail, creation. The same cases run as pages in `pages`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bench.catalogue import DEPTH, Case, cases
from genjin.customers.actions.customers import create_customer
from genjin.customers.models import Customer
from genjin.customers.queries import contacts_of, customer_for
from genjin.customers.record import CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.doors import SEE
from genjin.kernel.lists import page, read_query, search
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.timeline import timeline


@dataclass
class Bench:
    """Runs cases for an actor."""

    actor: Actor
    total: int

    def runner(self, case: Case) -> Callable[[int], Any]:
        """What to repeat."""
        if case.kind == "list":
            return partial(self._list, self.query(case))
        if case.kind == "search":
            return partial(self._search, RECORD_TYPES[case.of], self.text(case))
        if case.kind == "detail":
            ids = list(self.some_ids(200))
            return lambda number: self._detail(ids[number % len(ids)])
        numbers = itertools.count()
        return lambda _number: self._create(next(numbers))

    def query(self, case: Case) -> Any:
        """The list query of a case."""
        parameters = {key: value for key, value in case.parameters.items() if key != "deep"}
        query = read_query(self.actor, RECORD_TYPES[case.of], parameters)
        if "deep" not in case.parameters:
            return query
        deep = replace(query, size=200)
        for _n in range(DEPTH // 200):
            found = page(self.actor, deep, ())
            if found.next is None:
                break
            deep = read_query(self.actor, CUSTOMER, {**parameters, "after": [found.next], "size": ["200"]})
        return replace(query, after=deep.after)

    def text(self, case: Case) -> str:
        """What is searched for; a phone and a code are taken from a row that the actor sees."""
        text = case.parameters["q"][0]
        if "{" not in text:
            return text
        row = Customer.objects.filter(pk__in=list(self.some_ids(3))).order_by("pk").first()
        return text.format(phone=row.phone, code=row.code) if row else "13800138000"

    def some_ids(self, number: int) -> Iterator[int]:
        """Ids that the actor sees, spread over a few pages of his list."""
        query = replace(read_query(self.actor, CUSTOMER, {}), size=number)
        return (row.id for row in page(self.actor, query, ()).rows)

    def _list(self, query: Any, _number: int) -> Any:
        return page(self.actor, query, query.record_type.columns)

    def _search(self, record_type: RecordType, text: str, _number: int) -> Any:
        return search(self.actor, record_type, text, most=20)

    def _detail(self, row_id: int) -> Any:
        customer = customer_for(self.actor, row_id, to=SEE)
        return contacts_of(self.actor, customer), timeline(self.actor, customer)

    def _create(self, number: int) -> Any:
        raw = {
            "name": f"压测{self.total}新建{self.actor.member_id}号{number}精密机械有限公司",
            "level": "B",
            "phone": f"1980{number:07d}",
        }
        return create_customer.run(self.actor, None, {**raw, "region": "320500", "duplicate_known": "1"})


__all__ = ["Bench", "Case", "cases"]
