"""Record types as they are in force: the declaration, what the company added and laid out anew, and of that what one
actor may know. `RecordType.seen_by(actor)` asks here; surfaces read nothing else.

Kept in memory per stamp: a new field or right is in force at the very next request, in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from genjin.kernel import records
from genjin.kernel.actor import Actor
from genjin.kernel.conditions import When
from genjin.kernel.fields.base import Access, Field, Label, Sensitivity
from genjin.kernel.fields.own import FEW, Own, OwnSerial, OwnWords
from genjin.kernel.fields.own_files import OwnFiles
from genjin.kernel.fields.own_kinds import class_of
from genjin.kernel.fields.veiled import Veiled, veil
from genjin.kernel.fields.worked_out import WorkedOut, all_reads, careful_as
from genjin.kernel.frequencies import frequencies
from genjin.kernel.models.definitions import FieldState, IndexState, Layout, OwnField
from genjin.kernel.records import RECORD_TYPES, RecordType, Section, View
from genjin.kernel.stamps import Stamped

CHANGED = "updated_at"
ALWAYS_SEEN = frozenset({"owner", "department", "code"})
LESS = (Access.HIDDEN, Access.MASKED)
MASKED_KINDS = frozenset({"text", "longtext", "url"})

_NAMES: Any = lazy(lambda chinese, english: english if get_language() == "en" and english else chinese, str)


@dataclass
class _Standing:
    """The types as the company made them, and what was worked out for actors."""

    types: dict[str, RecordType]
    seen: dict[tuple[str, bool, bool, frozenset[str], frozenset[tuple[str, Access]]], RecordType] = field(
        default_factory=dict
    )
    serials: dict[str, tuple[OwnSerial, ...]] = field(default_factory=dict)
    files: dict[str, tuple[OwnFiles, ...]] = field(default_factory=dict)
    reads: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    unindexed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for key, record_type in self.types.items():
            self.serials[key] = tuple(f for f in record_type.fields if isinstance(f, OwnSerial))
            self.files[key] = tuple(f for f in record_type.fields if isinstance(f, OwnFiles))
            self.reads[key] = all_reads(record_type.fields)
        waiting = [key for key, t in self.types.items() if any(_waits(f) for f in t.fields)]
        self.unindexed = frozenset(waiting)


@dataclass(frozen=True)
class Told:
    """What a value that was worked out tells of: fields as roles name them ("followup.method"), and the grants without
    which nobody knows of these."""

    fields: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()


_TELLING: dict[str, dict[str, Callable[[int], Told]]] = {}


def tells_of(record_type: str, key: str, told: Callable[[int], Told]) -> None:
    """Let an area say what its field of a type tells of at a stamp. Where an actor may not know all of it in full, the
    field is not there for him, as with formulas."""
    _TELLING.setdefault(record_type, {})[key] = told


def _untold(record_type: RecordType, actor: Actor) -> frozenset[str]:
    """The fields of a type that would tell the actor what he may not know."""
    less = {path for path, access in actor.rights if access in LESS}
    found = set()
    for key, ask in _TELLING.get(record_type.key, {}).items():
        told = ask(actor.stamp)
        if told.fields & less or not all(actor.may(grant) for grant in told.grants):
            found.add(key)
    return frozenset(found)


def _without(whole: RecordType, keys: frozenset[str]) -> RecordType:
    known = {key: f for key, f in whole.keys.items() if key not in keys}
    return _tidied(replace(whole, fields=tuple(f for f in whole.fields if f.key not in keys), keys=known))


def _load() -> _Standing:
    added: dict[str, list[OwnField]] = {}
    for row in OwnField.objects.filter(state=FieldState.LIVE).order_by("order", "id"):
        added.setdefault(row.record_type, []).append(row)
    layouts = {layout.record_type: layout for layout in Layout.objects.all()}
    return _Standing({key: _made(t, added.get(key, ()), layouts.get(key)) for key, t in RECORD_TYPES.items()})


_STANDING: Stamped[_Standing] = Stamped(_load)


def in_force(record_type: RecordType, stamp: int) -> RecordType:
    """The type with what the company added, whoever looks: for work that is no actor's (search text, indexes)."""
    return _STANDING.at(stamp).types.get(record_type.key, record_type)


def seen_by(record_type: RecordType, actor: Actor) -> RecordType:
    """The type as the actor may know it: hidden fields are not there, masked ones are `Veiled`."""
    standing = _STANDING.at(actor.stamp)
    writes = actor.may(record_type.grant("edit")) or actor.may(record_type.grant("create"))
    long = record_type.key in standing.unindexed and frequencies(record_type.model._meta.db_table).rows > FEW
    untold = _untold(record_type, actor) if record_type.key in _TELLING else frozenset()
    key = (record_type.key, writes, long, untold, actor.rights)
    found = standing.seen.get(key)
    if found is None:
        whole = standing.types.get(record_type.key, record_type)
        whole = _without(whole, untold) if untold else whole
        searched = _SEARCHED.at(actor.stamp).get(record_type.key, frozenset()) if actor.rights else frozenset()
        rights = _rights_on(whole, actor.rights, standing.reads.get(record_type.key, {}))
        found = standing.seen[key] = _narrowed(_unsorted(whole) if long else whole, writes, rights, searched)
    return found


def serials_of(record_type: RecordType, stamp: int) -> tuple[OwnSerial, ...]:
    """The fields of a type that number new records."""
    return _STANDING.at(stamp).serials.get(record_type.key, ())


def files_in(record_type: RecordType, stamp: int) -> tuple[OwnFiles, ...]:
    """The fields of a type whose values are files."""
    return _STANDING.at(stamp).files.get(record_type.key, ())


def _waits(f: Field) -> bool:
    """Whether long lists would sort by the field, or look into it, if it had an index."""
    return isinstance(f, Own) and not f.indexed and (f.sortable or isinstance(f, OwnWords))


def _resting(f: Field) -> Field:
    return f.with_(sortable=False, looked_into=False) if isinstance(f, OwnWords) else f.with_(sortable=False)


def _unsorted(whole: RecordType) -> RecordType:
    """The type when its list is long: only what has an index sorts or is looked into."""
    fields = tuple(_resting(f) if _waits(f) else f for f in whole.fields)
    others = {key: f for key, f in whole.keys.items() if key not in whole.own_fields}
    return replace(whole, fields=fields, keys=dict(others))


def can_be_limited(record_type: RecordType, key: str) -> bool:
    """Whether a role may be denied a field: a record has to be called something and to belong to somebody."""
    if key == record_type.title or key in ALWAYS_SEEN or key in record_type.always_seen:
        return False
    known = RECORD_TYPES[record_type.key].own_fields.get(key)
    return known is None or known.path not in {link.column for link in record_type.owner_links()}


def can_be_masked(known: Field) -> bool:
    """Whether something sensible is left of a value when it is masked: of texts, not of numbers, dates and options."""
    inner = known.inner if isinstance(known, Veiled) else known
    return type(inner).veiled is not Field.veiled or inner.kind in MASKED_KINDS


def _rights_on(
    record_type: RecordType, rights: Iterable[tuple[str, Access]], reads: Mapping[str, frozenset[str]]
) -> dict[str, Access]:
    """What the rights say of the fields of a type. Files that are masked are hidden, and so is what a formula comes to
    when anything that it reads is hidden or masked."""
    prefix = f"{record_type.key}."
    found = {
        path.removeprefix(prefix): access
        for path, access in rights
        if path.startswith(prefix) and can_be_limited(record_type, path.removeprefix(prefix))
    }
    less = {key for key, access in found.items() if access in LESS}
    hidden = {key for key, read in reads.items() if read & less}
    hidden |= {key for key in less if isinstance(record_type.own_fields.get(key), OwnFiles)}
    return found | dict.fromkeys(hidden, Access.HIDDEN)


def _narrowed(whole: RecordType, writes: bool, rights: Mapping[str, Access], searched: frozenset[str]) -> RecordType:
    accesses = {f.key: _access(f, writes, rights.get(f.key)) for f in whole.fields}
    if CHANGED in accesses and Access.HIDDEN in accesses.values():
        accesses[CHANGED] = Access.HIDDEN  # it would tell of changes that the reader may not know of
    fields = tuple(
        veil(f) if accesses[f.key] is Access.MASKED else f for f in whole.fields if accesses[f.key] is not Access.HIDDEN
    )
    others = {key: f for key, f in whole.keys.items() if key not in accesses}
    seen = replace(whole, fields=fields, keys=dict(others), accesses=accesses)
    return _without_traces(seen, whole, searched) if rights else seen


def _without_traces(seen: RecordType, whole: RecordType, searched_own: frozenset[str]) -> RecordType:
    """Nothing that is declared with the type names a field that is hidden, or asks more of a masked one."""
    searched = {*whole.searched.phones, *whole.searched.codes, *whole.searched.others, *whole.searched.names}
    found_by = [f for f in whole.fields if f.attribute in searched or f.key in searched_own]
    withheld = {f.attribute: seen.accesses[f.key] for f in found_by if seen.accesses[f.key] in LESS}
    return replace(_tidied(seen), withheld=withheld)


def _tidied(seen: RecordType) -> RecordType:
    """Without what is declared about fields that are not there."""
    sort = seen.keys.get(seen.default_sort.removeprefix("-"))
    return replace(
        seen,
        keys={key: f for key, f in seen.keys.items() if key not in seen.own_fields},
        subtitle=tuple(key for key in seen.subtitle if key in seen.keys),
        quick_fields=tuple(key for key in seen.quick_fields if key in seen.keys),
        default_sort=seen.default_sort if sort and sort.sortable else "-id",
        views=tuple(_view(view, seen) for view in seen.views if _fits(view, seen)),
    )


def _fits(view: View, seen: RecordType) -> bool:
    asked = [name.partition(".") for name, _value in view.filters]
    known = [(seen.keys.get(key), operator) for key, _dot, operator in asked]
    return all(f is not None and operator in {o.key for o in f.operators()} for f, operator in known)


def _view(view: View, seen: RecordType) -> View:
    sort = seen.keys.get(view.sort.removeprefix("-"))
    columns = tuple(key for key in view.columns if key in seen.keys)
    return replace(view, sort=view.sort if sort and sort.sortable else "", columns=columns)


def _access(f: Field, writes: bool, right: Access | None) -> Access:
    usual = Access.EDIT if f.editable and writes else Access.READ
    if right is None or right is Access.EDIT:
        return usual
    return Access.READ if right is Access.READ else right


def _made(declared: RecordType, added: Iterable[OwnField], layout: Layout | None) -> RecordType:
    """The declaration with the company's own fields, in the order of its layout."""
    overlays = layout.overlays if layout else {}
    fields = [_overlaid(f, overlays.get(f.key)) for f in declared.fields if not (overlays.get(f.key) or {}).get("off")]
    fields += [own_field(row) for row in added]
    sections = declared.sections
    if layout and layout.sections:
        sections = tuple(_section(s) for s in layout.sections)
        fields = _in_order(fields, layout.sections)
    known = {s.key: s.shown_when for s in sections}
    last = next((s.key for s in sections if s.key != "system"), "")
    always = {f.key for f in declared.fields if f.required}
    fields = [f if f.section in known else f.with_(section=last) for f in fields]
    fields = [f if f.key in always else _conditional(f, known.get(f.section)) for f in fields]
    by_key = {f.key: f for f in fields}
    reads = all_reads(fields)
    known_fields = {**declared.own_fields, **by_key}
    fields = [careful_as(f, reads[f.key], known_fields) if isinstance(f, WorkedOut) else f for f in fields]
    quick = tuple(key for key in (layout.quick if layout else ()) if key in by_key) or declared.quick_fields
    filters = {key: f for key, f in declared.keys.items() if key not in declared.own_fields}
    made = replace(declared, fields=tuple(fields), sections=sections, quick_fields=quick, keys=dict(filters))
    return _tidied(made) if any(overlay.get("off") for overlay in overlays.values()) else made


def _conditional(f: Field, section: Callable[[Mapping[str, Any]], bool] | None) -> Field:
    """The field with the condition of its section; one that is not always shown is asked for only while it is."""
    if isinstance(section, When):
        own_rules = f.shown_when.rules if isinstance(f.shown_when, When) else ()
        f = f.with_(shown_when=When((*section.rules, *own_rules)))
    if f.required and isinstance(f.shown_when, When):
        f = f.with_(required=False, required_when=When())
    return f


def _section(row: Mapping[str, Any]) -> Section:
    return Section(row["key"], _NAMES(row["label"], row.get("english", "")), When.read(row.get("shown_when")))


def _in_order(fields: list[Field], sections: Iterable[Mapping[str, Any]]) -> list[Field]:
    places: dict[str, tuple[int, int]] = {}
    homes: dict[str, str] = {}
    for number, section in enumerate(sections):
        for place, key in enumerate(section.get("fields", ())):
            places.setdefault(key, (number, place))
            homes.setdefault(key, section["key"])
    moved = [f.with_(section=homes[f.key]) if f.key in homes else f for f in fields]
    return sorted(moved, key=lambda f: places.get(f.key, (len(homes), 0)))


def _overlaid(f: Field, overlay: Mapping[str, Any] | None) -> Field:
    if not overlay:
        return f
    changes: dict[str, Any] = {}
    if overlay.get("label"):
        changes["label"] = _NAMES(overlay["label"], overlay.get("english", ""))
    for name in ("help", "in_list"):
        if name in overlay:
            changes[name] = overlay[name]
    if f.editable and overlay.get("required"):
        changes["required"] = True
    return f.with_(**changes) if changes else f


def own_field(row: OwnField) -> Field:
    """The field that a definition means. Facts that its kind does not take are left aside."""
    kind = class_of(row.kind, row.facts)
    taken = {name: value for name, value in row.facts.items() if name in kind.__dataclass_fields__}
    label: Label = _NAMES(row.label, row.english)
    if row.kind in ("choice", "multichoice"):
        taken["options"] = options_key(row.record_type, row.key)
    return kind(
        **{
            "key": row.key,
            "label": label,
            "help": row.help,
            "section": row.section,
            "required": row.required,
            "unique": row.unique,
            "in_list": row.in_list,
            "width": row.width,
            "sensitivity": Sensitivity(row.sensitivity),
            "sortable": kind.ordered,
            "indexed": row.index == IndexState.READY,
            "shown_when": When.read(row.shown_when),
            "required_when": When.read(row.required_when),
            "default": row.default,
        }
        | taken
    )


def options_key(record_type: str, key: str) -> str:
    """The option list of a choice field of their own."""
    return f"{record_type}.{key}"


def is_own_list(list_key: str) -> bool:
    """Whether an option list belongs to a choice field of a company's own."""
    record_type, _dot, key = list_key.partition(".")
    return OwnField.objects.filter(record_type=record_type, key=key, kind__in=("choice", "multichoice")).exists()


def is_own(record_type: str, key: str) -> bool:
    """Whether a company added such a field, live or retired."""
    return OwnField.objects.filter(record_type=record_type, key=key).exists()


def searched_own(record_type: RecordType, stamp: int) -> Iterator[Field]:
    """The company's own fields whose text finds a record."""
    searched = _SEARCHED.at(stamp).get(record_type.key)
    if not searched:
        return iter(())
    return (f for f in in_force(record_type, stamp).fields if f.key in searched)


def _searched() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, name in OwnField.objects.filter(searched=True, state=FieldState.LIVE).values_list("record_type", "key"):
        found.setdefault(key, set()).add(name)
    return {key: frozenset(names) for key, names in found.items()}


_SEARCHED: Stamped[dict[str, frozenset[str]]] = Stamped(_searched)

records.answer_with(seen_by)
