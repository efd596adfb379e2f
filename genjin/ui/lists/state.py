"""What a list page shows, as it stands in the address: view, filters, order, search text. Reading and rewriting it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from genjin.kernel.actor import Actor
from genjin.kernel.lists import Condition, ListQuery, read_query
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.ui.addresses import list_url
from genjin.ui.views.queries import Tab, opening_tab

Pairs = tuple[tuple[str, str], ...]
KEPT = ("sort", "life", "size")
PAGING = ("after", "before")
EXPLICIT = "f"  # present once the filters in the address are the reader's own, not the view's


@dataclass(frozen=True)
class Wrong:
    """A filter that cannot be used, and why."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class State:
    """The list's address taken apart: its tab, filters and the rest, and the query they make. `base`: the address of
    the list where it is not the type's own (a pool)."""

    record_type: RecordType
    tab: Tab | None
    pairs: Pairs
    text: str = ""
    query: ListQuery | None = None
    conditions: tuple[Condition, ...] = ()
    wrong: tuple[Wrong, ...] = field(default=())
    base: str = ""

    @property
    def address(self) -> str:
        """Where the list lies."""
        return self.base or list_url(self.record_type)

    @property
    def listing(self) -> ListQuery:
        """The query (made when the state was read)."""
        assert self.query is not None
        return self.query

    @property
    def filters(self) -> Pairs:
        """Only the filters."""
        return tuple(pair for pair in self.pairs if "." in pair[0])

    @property
    def changed(self) -> bool:
        """Whether the reader has left the view as it was kept."""
        return bool(self.text) or self.tab is None or sorted(self.pairs) != sorted(self.tab.query)

    def parameters(self) -> list[tuple[str, str]]:
        """Everything but the page, for links and forms."""
        view = [("view", self.tab.key)] if self.tab else []
        text = [("q", self.text)] if self.text else []
        return [*view, (EXPLICIT, "1"), *self.pairs, *text]

    def url(self, *more: tuple[str, str], suffix: str = "") -> str:
        """The address of this list, with further parameters."""
        return f"{self.address}{suffix}?{urlencode([*self.parameters(), *more])}"

    def without(self, name: str) -> State:
        """The same list without one parameter."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0] != name))

    def with_pair(self, name: str, value: str) -> State:
        """The same list with a parameter set."""
        return replace(self, pairs=(*self.without(name).pairs, (name, value)))

    def kept(self) -> list[tuple[str, str]]:
        """What a saved view keeps: filters and order."""
        return list(self.pairs)


def read_state(actor: Actor, record_type: RecordType, tabs: list[Tab], sent: QueryDict, base: str = "") -> State:
    """The state of an address. Filters that do not fit are left out of the query and told as `wrong`."""
    record_type = record_type.seen_by(actor)
    tab = _tab(tabs, sent)
    explicit = EXPLICIT in sent or any("." in name for name in sent)
    pairs: Pairs = _sent_pairs(sent) if explicit else (tab.query if tab else ())
    if not explicit:
        pairs = (*pairs, *((name, str(sent[name])) for name in KEPT if name in sent and name not in dict(pairs)))
    text = sent.get("q", "").strip()[:100]
    state = State(record_type, tab, _folded(record_type, pairs, sent), text=text, base=base)
    return _with_query(actor, state, [(name, str(sent[name])) for name in PAGING if name in sent])


def _tab(tabs: list[Tab], sent: QueryDict) -> Tab | None:
    wanted = sent.get("view", "")
    return next((tab for tab in tabs if tab.key == wanted), None) or opening_tab(tabs)


def _sent_pairs(sent: QueryDict) -> Pairs:
    names = [name for name in sent if "." in name or name in KEPT]
    return tuple((name, ",".join(sent.getlist(name))) for name in names)


def _folded(record_type: RecordType, pairs: Pairs, sent: QueryDict) -> Pairs:
    """Take in what the filter builder sent: `add` (field), `op`, `v`…, and the filter it replaces (`drop`)."""
    left = tuple(pair for pair in pairs if pair[0] != sent.get("drop"))
    added = record_type.keys.get(sent.get("add", ""))
    if added is None:
        return left
    name = f"{added.key}.{sent.get('op', '')}"
    value = ",".join(part.replace(",", "，") for part in sent.getlist("v") if part.strip())
    return (*(pair for pair in left if pair[0] != name), (name, value))


def _with_query(actor: Actor, state: State, paging: list[tuple[str, str]]) -> State:
    """Try all filters; whatever is refused by name is set aside."""
    wrong: list[Wrong] = []
    pairs = list(state.pairs)
    while True:
        parameters = _grouped([*pairs, ("q", state.text), *paging])
        try:
            query = read_query(actor, state.record_type, parameters)
            for condition in query.conditions:
                condition.q(actor)
        except Refused as refusal:
            found = next((pair for pair in pairs if pair[0] == refusal.field), None)
            if found is None:
                raise
            pairs.remove(found)
            known = found[0] == "sort" or found[0].partition(".")[0] in state.record_type.keys
            wrong.append(Wrong(found[0], found[1] if known else "", refusal.message))
            continue
        return replace(state, query=query, conditions=query.conditions, wrong=tuple(wrong))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped
