"""`allocatable`: a type opts in from its own area; the verb `<plural>.allocate`, and the one for a whole list.

Annotations are evaluated here: the inputs of a type's verb offer that type's schemes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.allocation.actions.undoing import unallocate_action, unallocate_all_action, undone
from genjin.allocation.ahead import asked_for, known, worked_out
from genjin.allocation.changing import by_hand, drop_open, locked_rounds, place
from genjin.allocation.models import Round, Run, Scheme
from genjin.allocation.portraits import declare_portrait
from genjin.allocation.queries import chooser_of, fitting, live_schemes
from genjin.kernel.actions import Action, action
from genjin.kernel.actor import Actor
from genjin.kernel.doors import OWN, row_for
from genjin.kernel.fields import Person, Text
from genjin.kernel.fields.fixed import OneOf, Structured
from genjin.kernel.grants import declare_grants
from genjin.kernel.jobs import start_job
from genjin.kernel.lists import count_capped, read_query
from genjin.kernel.models.rows import Life, Record
from genjin.kernel.recording import note_event
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.org.grants import add_to_ready_roles
from genjin.ownership.capacity import await_turn, demand_room, origin

JOB = "allocation.run"
ALLOCATE: dict[str, Action[Any, Any]] = {}
"""{record type: its verb}, for runs."""


def allocatable(record_type: RecordType, *, traits: tuple[str, ...], won_on: str) -> Action[Any, Any]:
    """Let a type's records be allocated (B20). `traits`: the option fields that describe its records, the first the
    most important; `won_on`: the date that says when one was won. Raises ValueError for a personal trait (S2-41)."""
    declare_portrait(record_type, traits, won_on)
    grant = record_type.grant("allocate")
    declare_grants(record_type.many, (grant, gettext_lazy("分配")))
    add_to_ready_roles(manager=(grant,), department_head=(grant,), operations=(grant,))
    ALLOCATE[record_type.key] = _verb(record_type)
    _verb_for_all(record_type)
    unallocate_action(record_type)
    unallocate_all_action(record_type)
    return ALLOCATE[record_type.key]


def _schemes(record_type: RecordType) -> Any:
    def pairs() -> list[tuple[str, str]]:
        automatic = ("", _("自动：按优先级选第一个适用的"))
        return [automatic, *((str(scheme.pk), scheme.name) for scheme in live_schemes(record_type.key))]

    return pairs


def _verb(record_type: RecordType) -> Action[Any, Any]:
    """Allocate a record, by a scheme or to a named person."""

    @action(
        record_type.grant("allocate"),
        on=record_type.model,
        needs=record_type.grant("allocate"),
        to=OWN,
        label=gettext_lazy("分配"),
        icon="route",
        bulk=True,
        apart=True,
        ahead=_ahead(record_type),
        when=lambda row: row.life != Life.VOIDED,
        undo=undone(record_type),
    )
    def allocate(
        actor: Actor,
        record_id: int,
        *,
        scheme: Annotated[str, OneOf(key="scheme", label=gettext_lazy("分配方案"), pairs=_schemes(record_type))] = "",
        owner: Annotated[
            int | None,
            Person(key="owner", label=gettext_lazy("或者直接指定"), help=gettext_lazy("指定了人就不用方案")),
        ] = None,
        reason: Annotated[str, Text(key="reason", label=gettext_lazy("说明"), most=120)] = "",
    ) -> Record:
        """Allocate (B20, S2-42), whoever owns it now. Raises Refused("voided", "same_owner", "full", "no_scheme",
        "nobody")."""
        rounds = locked_rounds(actor, record_type.key)
        await_turn(actor, record_type, owner)
        row = row_for(actor, record_type.model, record_id, to=OWN, lock=True)
        if row.life == Life.VOIDED:
            raise Refused("voided", _("已作废，还原后才能分配"))
        drop_open(actor, row, rounds)
        if owner is None:
            _by_scheme(actor, row, rounds, scheme)
        elif owner == row.owner_id:
            raise Refused("same_owner", _("他已经是这条记录的负责人"), "owner")
        else:
            demand_room(actor, record_type, owner, pool=origin(actor, row), field="owner")
            by_hand(actor, row, owner, reason)
        return row

    return allocate


def _by_scheme(actor: Actor, row: Record, rounds: dict[int, Round], named: str) -> None:
    schemes = asked_for({"scheme": named}, live_schemes(row.row_type))
    scheme = fitting(actor, row, schemes)
    if scheme is None:
        words = _("这条记录不符合所选方案的条件") if named else _("没有适用的分配方案；可以直接指定一个人")
        raise Refused("no_scheme", words, "scheme")
    seen = known()
    chooser = chooser_of(actor, scheme, rounds[scheme.pk], actor.now(), past=seen.past_of(actor, scheme))
    chooser.planned = seen.planned.get(scheme.pk, {})
    choice = place(actor, row, chooser, made_by=actor.member_id)
    if choice.member is None:
        raise Refused("nobody", choice.words)


def _ahead(record_type: RecordType) -> Any:
    @contextmanager
    def ahead(actor: Actor, row_ids: Sequence[int], arguments: Mapping[str, Any]) -> Iterator[None]:
        schemes: list[Scheme] = []
        if arguments.get("owner") is None:
            schemes = asked_for(arguments, live_schemes(record_type.key))
        rows = list(record_type.model._default_manager.filter(pk__in=row_ids).order_by("id")) if schemes else []
        with worked_out(actor, rows, schemes):
            yield

    return ahead


def _verb_for_all(record_type: RecordType) -> None:
    @action(
        record_type.grant("allocate_all"),
        on=None,
        needs=record_type.grant("allocate"),
        label=gettext_lazy("分配整个列表"),
        icon="route",
        listed=False,
    )
    def allocate_all(
        actor: Actor,
        *,
        asked: Annotated[
            dict[str, Any],
            Structured(
                key="asked",
                label=gettext_lazy("哪些记录"),
                named=True,
                help=gettext_lazy('和列表的筛选一样，例如 {"region.in": ["320000"]}'),
            ),
        ] = {},  # noqa: B006 - read only
        scheme: Annotated[str, OneOf(key="scheme", label=gettext_lazy("分配方案"), pairs=_schemes(record_type))] = "",
    ) -> Run:
        """Allocate every record of a list as a job that says how far it is and goes on after a kill. Raises
        Refused for a filter that is none, and when nothing fits."""
        filters = {str(name): _listed(values) for name, values in asked.items()}
        query = read_query(actor, record_type, filters)
        total = count_capped(actor, query)
        if not total:
            raise Refused("nothing", _("没有符合条件的记录"), "asked")
        top = record_type.model._default_manager.order_by("-id").values_list("id", flat=True).first() or 0
        run = Run(record_type=record_type.key, asked=filters, by_id=actor.member_id, total=total, top=top)
        run.scheme_id = int(scheme) if scheme else None
        run.save()
        run.job_id = start_job(actor, JOB, title=_("分配%s") % record_type.many, run=run.pk).pk
        run.save()
        note_event(actor, run=run.pk, record_type=record_type.key, count=total)
        return run


def _listed(values: Any) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else [str(values)]
