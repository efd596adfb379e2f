"""Undoing an event: the inverse calls that its action declares (`@action(undo=…)`), run with the member's own rights
and written down as events of their own. What lies in the ledger says what was before; nothing is written back raw.

An inverse is the name of an action without inputs, or a function from what was changed to calls. Calls with `values`
(a type's own fields) meet the version rule field by field; all others need the row just as the event left it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS, Action, expected_version
from genjin.kernel.actor import Actor
from genjin.kernel.deadlocks import unlocked
from genjin.kernel.doors import formerly
from genjin.kernel.editing import values_before
from genjin.kernel.fields.base import Values
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.recording import standing_note
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused, Stale

WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Past:
    """What an event did to one row: its values before and after, the event's note, and what it did to other rows."""

    row_id: int
    version: int
    before: dict[str, Any]
    note: Mapping[str, Any]
    event_id: int
    others: Mapping[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """An action on a row: its inputs raw, or the type's own fields as they were stored."""

    action: str
    row_id: int
    raw: Mapping[str, Any] = field(default_factory=dict)
    values: Values | None = None


Maker = Callable[[Actor, Past], Sequence[Call]]
Inverse = str | Maker


@dataclass(frozen=True)
class Undone:
    """What undoing came to: rows put back, [(row, why not)], the events written."""

    verb: str
    done: list[int]
    kept: list[tuple[int, Refused]]
    events: list[int]

    @property
    def words(self) -> str:
        """For the toast."""
        if not self.kept:
            return _("已撤销：%s") % self.verb
        counts = {"done": len(self.done), "kept": len(self.kept), "why": self.kept[0][1].message}
        if all(refusal.code == "changed_since" for _row, refusal in self.kept):
            return _("%(done)d 条已撤销，%(kept)d 条之后又被修改，保持不变") % counts
        return _("%(done)d 条已撤销，%(kept)d 条保持不变：%(why)s") % counts


@unlocked
def undo_event(actor: Actor, event_id: int, *, late: bool = False) -> Undone:
    """Undo one's own event of the last minutes, or (`late`: what belongs to a larger piece of work that says itself how
    long it can be taken back) of any time. Raises NotFound for anybody else's, Refused("no_undo"),
    Refused("too_late"), Refused("undone"), or why no row at all could be put back."""
    with transaction.atomic():
        event = _event(actor, event_id, late=late)
        action = _undoable(event)
        action.check(actor)
        pasts = _pasts(event, action)
        stale = _changed(action, pasts)
        calls = [(past, _calls(actor, action, past)) for past in pasts]
        kept = [(past.row_id, _refusal(past, made, stale)) for past, made in calls]
        ready = [made for (_past, made), (_row, refusal) in zip(calls, kept, strict=True) if refusal is None]
        versions = {past.row_id: past.version for past in pasts}
        done, refused, events = _run(actor, event, ready, versions)
        refused = [(row, refusal) for row, refusal in kept if refusal is not None] + refused
        if not done:
            raise refused[0][1] if len(refused) == 1 else _nothing(refused)
    return Undone(str(action.label), done, refused, events)


def as_before(edit: str) -> Maker:
    """The inverse of an action that only sets fields: the edit verb with the values from before."""

    def inverse(actor: Actor, past: Past) -> Sequence[Call]:
        record_type = ACTIONS[edit].record_type
        assert record_type is not None
        values = Values()
        for known in record_type.editable_fields(actor):
            attribute = known.attribute
            if attribute not in past.before:
                continue
            if known.own:
                values[known.key] = known.loaded(past.before[attribute])
            else:
                column: Any = record_type.model._meta.get_field(attribute)
                values[known.key] = column.to_python(past.before[attribute])
        return [Call(edit, past.row_id, values=values)] if values else []

    return inverse


def again(verb: str) -> Maker:
    """The inverse that does a verb once more, with the reason given when it was last done to the row."""

    def inverse(_actor: Actor, past: Past) -> Sequence[Call]:
        links = EventLink.objects.filter(row_id=past.row_id, event__action=verb, event_id__lt=past.event_id)
        last = links.order_by("-event_id").values_list("event__note", flat=True).first()
        if last is None:
            return []
        return [Call(verb, past.row_id, {f.key: last[f.key] for f in ACTIONS[verb].own_inputs if f.key in last})]

    return inverse


def _event(actor: Actor, event_id: int, *, late: bool) -> Event:
    if actor.member_id is None:
        raise NotFound
    found = Event.objects.select_for_update().filter(pk=event_id, member_id=actor.member_id).first()
    if found is None:
        raise NotFound
    if Event.objects.filter(member_id=actor.member_id, pk__gt=event_id, note__undoes=event_id).exists():
        raise Refused("undone", _("这个操作已经撤销过了"))
    if timezone.now() - found.at > WINDOW and not late:
        minutes = WINDOW.seconds // 60
        raise Refused("too_late", _("超过 %d 分钟的操作不能撤销，请在记录上手动改回") % minutes)
    return found


def _undoable(event: Event) -> Action[Any, Any]:
    action = ACTIONS.get(event.action)
    if action is None or action.undo is None or action.on is None or "undoes" in event.note:
        raise _no_undo()
    return action


def _pasts(event: Event, action: Action[Any, Any]) -> list[Past]:
    """The rows of the action's own type that the event changed; all that it names when it changed none of them (what it
    did stands beside them)."""
    links = {link.row_id: link for link in EventLink.objects.filter(event=event).order_by("row_id")}
    payloads = EventPayload.objects.filter(event_id=event.pk, row_id__in=links)
    before = {p.row_id: values_before(p.changes) for p in payloads}
    own = [row_id for row_id, link in links.items() if action.on and link.row_type == action.on.row_type]
    others = {row_id: values for row_id, values in before.items() if row_id not in set(own)}
    concerned = [row_id for row_id in own if before.get(row_id)] or own
    return [
        Past(row_id, links[row_id].row_version, before.get(row_id, {}), event.note, event.pk, others)
        for row_id in concerned
    ]


def _changed(action: Action[Any, Any], pasts: Sequence[Past]) -> set[int]:
    """The rows that are not any more as the event left them; all are locked from here on."""
    assert action.on is not None
    _hold_above(action, pasts)
    rows = action.on._default_manager.filter(pk__in=[past.row_id for past in pasts]).order_by("pk")
    versions = dict(rows.select_for_update(of=("self",)).values_list("pk", "version"))
    return {past.row_id for past in pasts if versions.get(past.row_id) != past.version}


def _hold_above(action: Action[Any, Any], pasts: Sequence[Past]) -> None:
    """What the rows belonged to and belong to is locked before them, as by whoever gives it away."""
    record_type = action.record_type
    for link in record_type.owner_links() if record_type else ():
        moved = {past.row_id: past.before[link.column] for past in pasts if link.column in past.before}
        if moved:
            assert record_type is not None
            now = record_type.model._default_manager.filter(pk__in=moved).values_list(link.column, flat=True)
            above = RECORD_TYPES[link.to].model._default_manager.filter(pk__in={*now, *moved.values()} - {None})
            list(above.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _calls(actor: Actor, action: Action[Any, Any], past: Past) -> Sequence[Call]:
    if isinstance(action.undo, str):
        return [Call(action.undo, past.row_id)]
    assert action.undo is not None
    return action.undo(actor, past)


def _refusal(past: Past, calls: Sequence[Call], stale: set[int]) -> Refused | None:
    if not calls:
        return _no_undo()
    if past.row_id in stale and any(call.values is None for call in calls):
        return _changed_since()
    return None


def _run(
    actor: Actor, event: Event, rows: Sequence[Sequence[Call]], versions: Mapping[int, int]
) -> tuple[list[int], list[tuple[int, Refused]], list[int]]:
    """The calls of each row, as one run per first action. Rights are asked over rows as they stood before the event:
    who gave a record away may take it back."""
    done: list[int] = []
    refused: list[tuple[int, Refused]] = []
    events: list[int] = []
    noted = standing_note.set({"undoes": event.pk, "undone": event.action})
    stood = formerly.set(_standings(event))
    try:
        for name in dict.fromkeys(calls[0].action for calls in rows):
            runs = [(calls[0].row_id, _runner(actor, calls, versions)) for calls in rows if calls[0].action == name]
            outcome = ACTIONS[name].run_calls(actor, runs)
            done += outcome.done
            refused += outcome.refused
            events += [outcome.event_id] if outcome.event_id else []
    finally:
        formerly.reset(stood)
        standing_note.reset(noted)
    return done, refused, events


def _standings(event: Event) -> dict[int, dict[str, Any]]:
    """{row: its owner and department before the event}, as far as the event changed them."""
    links = EventLink.objects.filter(event=event, row_type__in=RECORD_TYPES)
    payloads = EventPayload.objects.filter(event_id=event.pk, row_id__in=links.values("row_id"))
    found = {}
    for row_id, changes in payloads.values_list("row_id", "changes"):
        found[row_id] = {name: changes[name][0] for name in ("owner_id", "department_id") if name in changes}
    return found


def _runner(actor: Actor, calls: Sequence[Call], versions: Mapping[int, int]) -> Callable[[], Any]:
    """What runs a row's calls, the first one inside its action's own run."""

    def run() -> Any:
        result = _called(actor, calls[0], versions, nested=False)
        for call in calls[1:]:
            _called(actor, call, versions, nested=True)
        return result

    return run


def _called(actor: Actor, call: Call, versions: Mapping[int, int], *, nested: bool) -> Any:
    action = ACTIONS[call.action]
    arguments = action.parse(actor, call.raw) if call.values is None else {"values": call.values}
    token = expected_version.set(None if call.values is None else versions.get(call.row_id))
    try:
        run = action if nested else action.function
        return run(actor, call.row_id, **arguments)
    except Stale:
        raise _changed_since() from None
    finally:
        expected_version.reset(token)


def _nothing(refused: Sequence[tuple[int, Refused]]) -> Refused:
    if all(refusal.code == "changed_since" for _row, refusal in refused):
        return Refused("changed_since", _("%d 条之后都又被修改，没有撤销") % len(refused))
    return refused[0][1] if refused else _no_undo()


def _changed_since() -> Refused:
    return Refused("changed_since", _("之后又被修改，没有撤销；请核对后手动改回"))


def _no_undo() -> Refused:
    return Refused("no_undo", _("这个操作不能撤销"))
