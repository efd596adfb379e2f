"""Who can receive: members, and whatever else an area registers (a pool). Each kind knows its names, what must hold
before it is given anything, how records come to it, and how much room it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.digits import number_in
from genjin.kernel.fields.base import Label
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import Refused
from genjin.org.queries import organisation
from genjin.ownership.actions.changing_owners import change_owners
from genjin.ownership.models import Rule

MEMBER = "member"
Give = Callable[[Actor, Sequence[Record], int, str], None]


@dataclass(frozen=True, kw_only=True)
class ReceiverKind:
    """A kind of receiver. `check(actor, id, leaver)` raises Refused; `give(actor, locked records, id, reason)` is a
    step of actions; `live_only`: it takes nothing that is archived. Only members receive what is no
    record."""

    key: str
    label: Label
    name: Callable[[Actor, int], str]
    check: Callable[[Actor, int, int], None]
    give: Give
    live_only: bool = False


RECEIVER_KINDS: dict[str, ReceiverKind] = {}


def register_receiver(kind: ReceiverKind) -> None:
    """Let something receive. Raises ValueError when the key is taken."""
    if kind.key in RECEIVER_KINDS:
        raise ValueError(f"receiver {kind.key} is registered twice")
    RECEIVER_KINDS[kind.key] = kind


def written(kind: str, row_id: int) -> str:
    """A receiver as it is kept: 'member:12'."""
    return f"{kind}:{row_id}"


def read(to: str) -> tuple[ReceiverKind, int]:
    """(kind, id). Raises Refused("receiver") for what is none."""
    key, _colon, text = to.partition(":")
    kind = RECEIVER_KINDS.get(key)
    number = number_in(text)
    if kind is None or number is None:
        raise Refused("receiver", _("没有这样的接收人：%s") % to[:40], "to")
    return kind, number


def member_of(to: str) -> int | None:
    """The member who is meant; None for another kind and for nobody."""
    key, _colon, text = to.partition(":")
    return number_in(text) if key == MEMBER else None


def name_of(actor: Actor, to: str) -> str:
    """The receiver's name; '' for nobody."""
    if not to:
        return ""
    kind, row_id = read(to)
    return kind.name(actor, row_id)


def check(actor: Actor, to: str, leaver_id: int) -> None:
    """Raises Refused when it may not receive from this leaver."""
    kind, row_id = read(to)
    kind.check(actor, row_id, leaver_id)


def _member_name(actor: Actor, member_id: int) -> str:
    person = organisation(actor).people.get(member_id)
    return person.name if person else ""


def _check_member(actor: Actor, member_id: int, leaver_id: int) -> None:
    person = organisation(actor).people.get(member_id)
    if person is None:
        raise Refused("receiver", _("没有这位成员，请重新选择接收人"), "to")
    if member_id == leaver_id:
        raise Refused("same_owner", _("接收人不能是交接人自己"), "to")
    if not person.active:
        raise Refused("left", _("「%s」已停用，不能接收，请换一位") % person.name, "to")


def _give_member(actor: Actor, records: Sequence[Record], member_id: int, reason: str) -> None:
    change_owners(actor, records, member_id, rule=Rule.HANDED_OVER, reason=reason)


register_receiver(
    ReceiverKind(
        key=MEMBER,
        label=gettext_lazy("成员"),
        name=_member_name,
        check=_check_member,
        give=_give_member,
    )
)
