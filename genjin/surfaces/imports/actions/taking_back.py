"""Undoing what an import brought, customer by customer: what is still as the import left it is voided or put back by
the actions; the rest is kept, with the reason. A step of the import's own action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS, Action, BatchOutcome
from genjin.kernel.actor import Actor
from genjin.kernel.doors import POOL
from genjin.kernel.editing import values_before
from genjin.kernel.importing import IMPORTABLES
from genjin.kernel.models.events import EventLink, EventPayload
from genjin.kernel.models.rows import Life
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import Refused
from genjin.kernel.together import Torn, lock_ahead, together
from genjin.kernel.undo import Past, as_before
from genjin.ownership.standing import filling
from genjin.surfaces.imports.kinds import KINDS, Kind
from genjin.surfaces.imports.models import Brought, Import
from genjin.surfaces.imports.policy import Policy

ORDER = ("plan", "followup", *IMPORTABLES, "contact", "customer")
VOIDING = {
    "plan": "plans.cancel",
    "followup": "followups.take_back",
    "contact": "contacts.void",
    "customer": "customers.void",
    **{key: one.void.name for key, one in IMPORTABLES.items()},
}
EXPLAINED = frozenset({"customer", *IMPORTABLES})


@dataclass(slots=True)
class Piece:
    """One record that is to be taken back."""

    record_type: str
    record_id: int
    verb: str
    version: int
    kept: str = ""


def take_back(actor: Actor, batch: Import, most: int) -> tuple[int | None, dict[str, int]]:
    """Take back what the next customers brought: (the last customer's id, or None when none was left; the counts)."""
    kind = KINDS[batch.kind]
    key = kind.anchor.key
    customers = Brought.objects.filter(batch_id=batch.pk, record_type=key, record_id__gt=batch.position)
    ids = list(customers.order_by("record_id").values_list("record_id", flat=True).distinct()[:most])
    if not ids:
        return None, batch.counts
    pieces = _pieces(batch, key, ids)
    _compare([piece for family in pieces.values() for piece in family])
    made = {
        row_id for row_id, family in pieces.items() if any(p.verb == "made" and p.record_type == key for p in family)
    }
    for row_id in made:
        _as_one(pieces[row_id])
    with filling(actor, _pooled(batch, kind, {row_id: pieces[row_id] for row_id in made})):
        _run(actor, batch, kind, [piece for family in pieces.values() for piece in family])
    everything = [p for family in pieces.values() for p in family if p.verb != "used"]
    _tell(batch, everything)
    counts = dict(batch.counts)
    counts["taken_back"] = counts.get("taken_back", 0) + sum(not p.kept for p in everything)
    counts["kept"] = counts.get("kept", 0) + sum(bool(p.kept) for p in everything)
    counts["done"] = counts.get("done", 0) + len(ids)
    return ids[-1], counts


def _pieces(batch: Import, key: str, ids: Sequence[int]) -> dict[int, list[Piece]]:
    """{customer: what was brought for it}, each record once with its newest version."""
    own = Brought.objects.filter(batch_id=batch.pk)
    of_number = dict(own.filter(record_type=key, record_id__in=ids).values_list("number", "record_id"))
    found: dict[int, dict[int, Piece]] = {row_id: {} for row_id in ids}
    rows = own.filter(number__in=of_number).order_by("id")
    for number, record_type, record_id, verb, version in rows.values_list(
        "number", "record_type", "record_id", "verb", "version"
    ):
        family = found[of_number[number]]
        piece = family.setdefault(record_id, Piece(record_type, record_id, verb, version))
        piece.version = max(piece.version, version)
        piece.verb = min(piece.verb, verb, key=("made", "changed", "used").index)
    return {row_id: list(family.values()) for row_id, family in found.items()}


def _compare(pieces: Sequence[Piece]) -> None:
    """Note which records are not as the import left them."""
    for record_type in ORDER:
        ids = [piece.record_id for piece in pieces if piece.record_type == record_type]
        if not ids:
            continue
        rows = RECORD_TYPES[record_type].model._default_manager.filter(pk__in=ids).order_by("pk")
        stand = {row[0]: row[1:] for row in rows.select_for_update(of=("self",)).values_list("pk", "version", "life")}
        for piece in pieces:
            if piece.record_type == record_type:
                version, life = stand.get(piece.record_id, (0, Life.VOIDED))
                if life == Life.VOIDED:
                    piece.kept = _("已经作废")
                elif version != piece.version:
                    piece.kept = _("之后又被修改")


def _pooled(batch: Import, kind: Kind, made: Mapping[int, Sequence[Piece]]) -> list[int]:
    """What was made for customers that lie in the import's pool: whoever put them there takes them out again."""
    policy = Policy.from_json(batch.policy)
    if not policy.into or kind.given_part is not kind.anchor:
        return []
    rows = kind.anchor_type.model._default_manager.filter(pk__in=made, **{POOL: policy.pool or 0})
    ids = rows.values_list("pk", flat=True)
    return [piece.record_id for row_id in ids for piece in made[row_id] if piece.verb == "made"]


def _as_one(family: Sequence[Piece]) -> None:
    """A customer that was made is taken back with all it has, or kept with all it has."""
    why = next((piece.kept for piece in family if piece.kept), "")
    for piece in family:
        piece.kept = piece.kept or why


def _run(actor: Actor, batch: Import, kind: Kind, pieces: Sequence[Piece]) -> None:
    why = {"reason": _("撤销导入「%s」") % batch.filename[:100]}
    for record_type in ORDER:
        own = [p for p in pieces if p.record_type == record_type and not p.kept]
        made = [p for p in own if p.verb == "made"]
        _call(actor, VOIDING[record_type], made, why if record_type in EXPLAINED else {})
        if record_type == kind.anchor.key and kind.anchor.edit is not None:
            _put_back(actor, kind.anchor.edit.name, [p for p in own if p.verb == "changed"])


def _call(actor: Actor, name: str, pieces: Sequence[Piece], given: dict[str, Any]) -> None:
    if not pieces:
        return
    run = ACTIONS[name].function
    calls = [(p.record_id, partial(run, actor, p.record_id, **given)) for p in pieces]
    _called(actor, name, pieces, calls)


def _put_back(actor: Actor, edit: str, pieces: Sequence[Piece]) -> None:
    """Fields that were filled or overwritten get what stood there before."""
    before = as_before(edit)
    calls: list[tuple[int, Callable[[], Any]]] = []
    for piece in pieces:
        links = EventLink.objects.filter(row_id=piece.record_id, event__action=edit)
        link = links.filter(row_version__lte=piece.version).order_by("-event_id").first()
        payload = EventPayload.objects.filter(row_id=piece.record_id, event_id=link.event_id).first() if link else None
        if link is None or payload is None:
            piece.kept = _("找不到原来的内容")
            continue
        past = Past(piece.record_id, piece.version, values_before(payload.changes), {}, link.event_id)
        for call in before(actor, past):
            run = ACTIONS[call.action].function
            calls.append((piece.record_id, partial(run, actor, call.row_id, values=call.values)))
    _called(actor, edit, [p for p in pieces if not p.kept], calls)


def _called(actor: Actor, name: str, pieces: Sequence[Piece], calls: Sequence[tuple[int, Callable[[], Any]]]) -> None:
    if not calls:
        return
    try:
        refused = dict(_together(actor, ACTIONS[name], calls).refused)
    except Refused as refusal:  # the grant itself is missing
        refused = {piece.record_id: refusal for piece in pieces}
    for piece in pieces:
        if piece.record_id in refused:
            piece.kept = refused[piece.record_id].message


def _together(actor: Actor, action: Action[Any, Any], calls: Sequence[tuple[int, Callable[[], Any]]]) -> BatchOutcome:
    """All in one frame, their rows locked at once; once more by themselves when one of them broke off while writing."""
    try:
        with together(len(calls)):
            if action.on is not None:
                lock_ahead(action.on, [row_id for row_id, _call in calls])
            return action.run_calls(actor, calls)
    except (Torn, IntegrityError):
        return action.run_calls(actor, calls)


def _tell(batch: Import, pieces: Sequence[Piece]) -> None:
    by_reason: dict[str, list[int]] = {}
    for piece in pieces:
        if piece.kept:
            by_reason.setdefault(piece.kept[:200], []).append(piece.record_id)
    for reason, ids in by_reason.items():
        Brought.objects.filter(batch_id=batch.pk, record_id__in=ids).exclude(verb="used").update(kept=reason)
