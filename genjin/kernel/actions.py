"""The only writes. `@action` refuses without the grant, opens one transaction, honours version and idempotency key,
runs the function and rolls back if nothing was recorded. Single and bulk form."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated, Any, Concatenate, Generic, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from genjin.kernel import careful, recording
from genjin.kernel.actor import Actor
from genjin.kernel.constraints import as_refusal
from genjin.kernel.deadlocks import unlocked
from genjin.kernel.doors import WRITE, To, current_grant
from genjin.kernel.fields.base import Field, FieldError, Label, Values
from genjin.kernel.lacking import allowed, demand_all, lacking
from genjin.kernel.models.rows import Record, Row
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, Invalid, NotFound, Refused, afterwards
from genjin.kernel.repeating import claim
from genjin.kernel.together import Torn, one_write, together, waiting
from genjin.kernel.versions import real_version
from genjin.kernel.wording import listed

if typing.TYPE_CHECKING:
    from genjin.kernel.undo import Inverse

P = ParamSpec("P")
R = TypeVar("R")

Ahead = Callable[[Actor, Sequence[int], Mapping[str, Any]], AbstractContextManager[None]]
CHUNK = 500
ACTIONS: dict[str, Action[Any, Any]] = {}
expected_version: ContextVar[int | None] = ContextVar("expected_version", default=None)


@dataclass(frozen=True)
class Outcome:
    """What a run through a surface did: the row it concerned, the event, whether it was a repeat."""

    row_id: int | None
    event_id: int | None
    replayed: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchOutcome:
    """What a bulk run did: ids done, [(id or row number, Refused)] refused, the one event."""

    done: list[int]
    refused: list[tuple[int, Refused]]
    event_id: int | None


@dataclass
class _Chunk:
    """What some rows of a bulk run came to."""

    done: list[int] = field(default_factory=list)
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    recorded: list[tuple[str, recording.Recording]] = field(default_factory=list)


class Action(Generic[P, R]):
    """A registered business verb. Calling it runs the single form; `run` and `run_many` serve the surfaces."""

    def __init__(
        self,
        function: Callable[Concatenate[Actor, P], R],
        *,
        name: str,
        on: type[Row] | None,
        needs: str,
        label: Label,
        icon: str,
        bulk: bool,
        danger: bool,
        confirm: Label,
        silent: str,
        listed: bool,
        when: Callable[[Any], bool] | None,
        to: To,
        undo: Inverse | None,
        apart: bool = False,
        ahead: Ahead | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = careful.guarded(self, function)
        self.name, self.on, self.needs, self.label, self.icon = name, on, needs, label or name, icon
        self.bulk, self.danger, self.confirm, self.silent, self.listed = bulk, danger, confirm, silent, listed
        self.when, self.to, self.undo = when, to, undo
        self.apart, self.ahead = apart, ahead
        parameters = list(inspect.signature(function).parameters.values())
        self.takes_row = len(parameters) > 1 and parameters[1].kind is not inspect.Parameter.KEYWORD_ONLY
        self._keywords = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]

    @functools.cached_property
    def takes_values(self) -> bool:
        """Whether the input is the record type's own fields."""
        return any(p.name == "values" for p in self._keywords)

    @functools.cached_property
    def own_inputs(self) -> tuple[Field, ...]:
        """The fields declared on the keyword parameters (Annotated[type, Field])."""
        hints = get_type_hints(self.function, include_extras=True)
        found = []
        for parameter in self._keywords:
            annotation = hints[parameter.name]
            if get_origin(annotation) is Annotated:
                declared = next((a for a in get_args(annotation)[1:] if isinstance(a, Field)), None)
                if declared is not None:
                    optional = parameter.default is not inspect.Parameter.empty
                    found.append(declared.with_(key=parameter.name, required=not optional))
        return tuple(found)

    @property
    def at_once(self) -> bool:
        """Whether it is done without a question: it asks for nothing and can be undone."""
        return self.undo is not None and self.takes_row and not self.takes_values and not self.own_inputs

    @property
    def record_type(self) -> RecordType | None:
        """The declaration of the type it works on."""
        return RECORD_TYPES.get(self.on.row_type) if self.on else None

    def inputs(self, actor: Actor) -> tuple[Field, ...]:
        """Every input as a field: what forms, API schemas and tools are made of."""
        record_type = self.record_type
        inputs = own = allowed(actor, record_type, self.own_inputs)
        if self.takes_values and record_type:
            inputs = (*record_type.editable_fields(actor), *own)
        return (*inputs, *careful.confirmations(self.name, inputs))

    def parse(self, actor: Actor, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Keyword arguments from raw inputs. Raises Invalid with all errors, or Refused for unknown keys."""
        inputs = {f.key: f for f in self.inputs(actor)}
        demand_all(actor, self)
        unknown = sorted(set(raw) - set(inputs))
        if unknown:
            raise Refused("unknown_field", _("不认识的字段：%s") % listed(unknown), unknown[0])
        parsed, errors = parse_fields(inputs, raw, actor, partial=self.takes_values and self.takes_row)
        if errors:
            raise Invalid(errors)
        own = {careful.CONFIRMED, *(f.key for f in self.own_inputs)}
        arguments = {key: value for key, value in parsed.items() if key in own and key in raw}
        if self.takes_values:
            arguments["values"] = Values({k: v for k, v in parsed.items() if k not in own})
        return arguments

    def __call__(self, actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run once, in its own transaction (or the caller's). Raises Refused."""
        return self._alone(actor, lambda: self.function(actor, *args, **kwargs))[0]

    @unlocked
    def run(
        self,
        actor: Actor,
        row_id: int | None,
        raw: Mapping[str, Any],
        *,
        version: int | None = None,
        key: str | None = None,
    ) -> Outcome:
        """Run for a surface: parse, check version, honour the idempotency key. Raises Refused."""
        self.check(actor)
        with afterwards(), one_write():
            kept = claim(actor, key, self.name, self._digest(row_id, raw)) if key else None
            if kept is not None and kept.outcome is not None:
                return Outcome(kept.outcome["row_id"], kept.outcome["event_id"], replayed=True)
            arguments = self.parse(actor, raw)
            token = expected_version.set(self._expected(actor, row_id, version))
            try:
                result, event_id = self._execute(actor, lambda: self._invoke(actor, row_id, arguments))
            finally:
                expected_version.reset(token)
            outcome = Outcome(result.pk if isinstance(result, Row) else row_id, event_id)
            if kept is not None:
                kept.outcome = {"row_id": outcome.row_id, "event_id": event_id}
                kept.save(update_fields=["outcome"])
        return outcome

    def _expected(self, actor: Actor, row_id: int | None, version: int | None) -> int | None:
        """The version that was told to the actor as this one."""
        if version is None or row_id is None or self.record_type is None or not actor.rights:
            return version
        return real_version(actor, self.record_type, row_id, version)

    def _digest(self, row_id: int | None, raw: Mapping[str, Any]) -> bytes:
        """What tells one request from another under the same idempotency key."""
        said = json.dumps([self.name, row_id, recording.plain(dict(raw))], default=str)
        return hashlib.sha256(said.encode()).digest()

    def run_many(self, actor: Actor, row_ids: Sequence[int], raw: Mapping[str, Any]) -> BatchOutcome:
        """The bulk form: one event with a link per row. A row the actor may not see or change refuses all;
        a refusal by a rule is reported for its row."""
        if not self.bulk:
            raise Refused("not_bulk", _("这个操作不能批量执行"))
        self.check(actor)
        arguments = self.parse(actor, raw)
        careful.check(actor, self, None, arguments, known=bool(arguments.get(careful.CONFIRMED)))
        calls = [(row_id, functools.partial(self._invoke, actor, row_id, arguments)) for row_id in row_ids]
        with self.ahead(actor, row_ids, arguments) if self.ahead else nullcontext():
            return self._batch(actor, calls, whole=(NotFound, Forbidden))

    def run_rows(self, actor: Actor, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> BatchOutcome:
        """Bulk creation: (row number, raw inputs) each; what is refused is reported by its number."""
        self.check(actor)
        calls = [(number, functools.partial(self._parse_and_invoke, actor, raw)) for number, raw in rows]
        return self._batch(actor, calls, whole=())

    def run_calls(self, actor: Actor, calls: Sequence[tuple[int, Callable[[], R]]]) -> BatchOutcome:
        """Calls of this action that were put together elsewhere (undo), as one event; refusals by their rows."""
        self.check(actor)
        return self._batch(actor, calls, whole=())

    def check(self, actor: Actor) -> None:
        """Raises Forbidden when the actor lacks the grant."""
        actor.demand(self.needs)

    def _parse_and_invoke(self, actor: Actor, raw: Mapping[str, Any]) -> R:
        return self._invoke(actor, None, self.parse(actor, raw))

    def _invoke(self, actor: Actor, row_id: int | None, arguments: dict[str, Any]) -> R:
        call: Callable[..., R] = self.function
        return call(actor, row_id, **arguments) if self.takes_row else call(actor, **arguments)

    @unlocked
    def _batch(
        self, actor: Actor, calls: Sequence[tuple[int, Callable[[], R]]], whole: tuple[type[Refused], ...]
    ) -> BatchOutcome:
        done: list[int] = []
        refused: list[tuple[int, Refused]] = []
        total: dict[str, recording.Recording] = {}
        with transaction.atomic():
            for start in range(0, len(calls), CHUNK):
                chunk = self._chunk(actor, calls[start : start + CHUNK], whole)
                done += chunk.done
                refused += chunk.refused
                for name, running in chunk.recorded:
                    if self.apart:
                        running.flush()
                    else:
                        total.setdefault(name, running).absorb(running)
            events = {name: running.flush() for name, running in total.items() if running.noted}
        return BatchOutcome(done, refused, events.get(self.name))

    def _chunk(
        self, actor: Actor, calls: Sequence[tuple[int, Callable[[], R]]], whole: tuple[type[Refused], ...]
    ) -> _Chunk:
        """Some rows of a batch: written together, and once more row by row when one of them broke off while writing."""
        try:
            with together(len(calls)):
                return self._chunk_once(actor, calls, whole)
        except (Torn, IntegrityError):
            return self._chunk_once(actor, calls, whole)

    def _chunk_once(
        self, actor: Actor, calls: Sequence[tuple[int, Callable[[], R]]], whole: tuple[type[Refused], ...]
    ) -> _Chunk:
        chunk = _Chunk()
        for number, call in calls:
            try:
                result, recorded = self._batch_row(actor, call)
            except whole:
                raise
            except Refused as refusal:
                chunk.refused.append((number, refusal.written_down()))
                continue
            chunk.done.append(result.pk if isinstance(result, Row) else number)
            chunk.recorded += recorded.items()
        return chunk

    def _batch_row(self, actor: Actor, call: Callable[[], R]) -> tuple[R, dict[str, recording.Recording]]:
        recorded: dict[str, recording.Recording] = {}
        token = recording.batch.set(recorded)
        try:
            result, _event = self._execute(actor, call)
        finally:
            recording.batch.reset(token)
        return result, recorded

    @unlocked
    def _alone(self, actor: Actor, call: Callable[[], R]) -> tuple[R, int | None]:
        return self._execute(actor, call)

    def _execute(self, actor: Actor, call: Callable[[], R]) -> tuple[R, int | None]:
        self.check(actor)
        batch = recording.batch.get()
        noted = dict(recording.standing_note.get())
        running = recording.Recording(actor, self.name, actor.moment or timezone.now(), noted)
        if batch is not None:
            running = batch.setdefault(self.name, running)
        grant = current_grant.set(self.needs)
        token = recording.current.set(running)
        try:
            with one_write():
                result = call()
                if not running.noted and not self.silent:
                    raise RuntimeError(f"action {self.name} recorded nothing")
                event_id = running.flush() if running.noted and batch is None else None
        except IntegrityError as error:
            if waiting.get():
                raise  # the transaction is lost with all that was written together
            raise as_refusal(error) from error
        finally:
            recording.current.reset(token)
            current_grant.reset(grant)
        return result, event_id


def action(
    name: str,
    *,
    on: type[Row] | None,
    needs: str,
    label: Label = "",
    icon: str = "check",
    bulk: bool = False,
    danger: bool = False,
    confirm: Label = "",
    silent: str = "",
    listed: bool = True,
    when: Callable[[Any], bool] | None = None,
    to: To = WRITE,
    undo: Inverse | None = None,
    apart: bool = False,
    ahead: Ahead | None = None,
) -> Callable[[Callable[Concatenate[Actor, P], R]], Action[P, R]]:
    """Register a business verb. `needs` is compulsory; `silent` says why an action records nothing;
    `listed` whether menus offer it, `when` for which rows and `to` with which right over the row
    (the action itself refuses the others anyway); `undo` names the action that takes it back, or makes the calls
    that do (kernel.undo). In bulk, `apart` writes an event for each row, because each has a reason of its own, and
    `ahead` works out for all rows together what single calls then go by."""

    def decorate(function: Callable[Concatenate[Actor, P], R]) -> Action[P, R]:
        if not needs:
            raise TypeError(f"action {name} names no grant")
        if name in ACTIONS:
            raise TypeError(f"action {name} is declared twice")
        made = Action(
            function, name=name, on=on, needs=needs, label=label, icon=icon, bulk=bulk, danger=danger,
            confirm=confirm, silent=silent, listed=listed, when=when, to=to, undo=undo, apart=apart, ahead=ahead,
        )  # fmt: skip
        ACTIONS[name] = made
        return made

    return decorate


def parse_fields(
    fields: Mapping[str, Field], raw: Mapping[str, Any], actor: Actor, *, partial: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """({key: value}, {key: error}). With `partial`, only given keys count."""
    parsed: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, field_ in fields.items():
        if key not in raw and (partial or field_.default is not None):
            continue
        try:
            value = field_.parse(raw.get(key), actor)
        except FieldError as error:
            errors[key] = str(error)
            continue
        if field_.required and value in (None, "", []):
            errors[key] = _("请填写「%s」") % field_.label
        parsed[key] = value
    return parsed, errors


def actions_on(record_type: RecordType, actor: Actor, *, bulk: bool = False) -> list[Action[Any, Any]]:
    """The listed actions of a type that this actor may start (the row's right is asked at its door)."""
    return [
        a
        for a in ACTIONS.values()
        if a.on is record_type.model and a.listed and actor.may(a.needs) and (a.bulk or not bulk)
        if lacking(actor, a) is None
    ]


__all__ = ["ACTIONS", "Action", "BatchOutcome", "Outcome", "Record", "action", "actions_on", "expected_version"]
