"""What is done about sensitive content in free text (S3-21): nothing, a warning that can be confirmed, or a refusal.

It lies around the function of every action, so that no way in passes by it: pages, the JSON door, bulk forms, imports.
How it is found is in `sensitive`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import recording
from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import declare_section, declare_setting
from genjin.kernel.doors import SEE, row_for
from genjin.kernel.fields.base import Field, Label, Sensitivity
from genjin.kernel.fields.choices import YesNo
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.fields.own import OwnBankCard, OwnIdCard, OwnSerial
from genjin.kernel.fields.texts import CreditCode, LongText, Text
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.sensitive import HEALTH, RELIGION, Finding, Kind, find, may_hold, pattern_of
from genjin.kernel.sights import in_force
from genjin.kernel.stamps import Stamped, current_stamp
from genjin.kernel.wording import listed

if TYPE_CHECKING:
    from genjin.kernel.actions import Action

P = ParamSpec("P")
R = TypeVar("R")

CONFIRMED = "sensitive_known"
CODE = "sensitive_content"
# Names for machines, of things that are set up, secrets, numbers of other systems; `action.key`: of one action.
NOT_WRITTEN = frozenset(
    {
        "record_type", "external_code", "view", "columns", "list_key", "key", "pattern", "ids",
        "query", "code", "token", "endpoint", "public_key", "secret", "agent", "keep", "handle", "host", "sign_in",
        "org.sign_in.name", "org.sign_in.address", "org.reset_password.address", "org.request_reset.address",
        "org.sign_out.address", "channels.set_mail.user", "channels.set_mail.sender", "followups.export.asked",
        "views.keep.name", "views.change.name", "roles.create.name", "roles.create.note", "roles.edit.name",
        "roles.edit.note", "org.set_up.company", "org.set_up.name",
    }
)  # fmt: skip
MEANT_FOR_NUMBERS = (CreditCode, OwnIdCard, OwnBankCard, OwnSerial)


class Mode(StrEnum):
    """What a company wants done."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


class Passing(IntEnum):
    """What goes through unasked: nothing; what would be warned of; everything."""

    NOTHING = 0
    WARNED = 1
    ALL = 2


SECTION = declare_section(
    "sensitive",
    gettext_lazy("文字中的敏感信息"),
    gettext_lazy("身份证号、银行卡号等不该写进备注和跟进内容；专门的字段不受影响"),
    order=70,
)
MODE = declare_setting(
    "sensitive.mode",
    OneOf(
        key="mode",
        label=gettext_lazy("保存的文字里有敏感信息时"),
        pairs=(
            (Mode.OFF, gettext_lazy("不检查")),
            (Mode.WARN, gettext_lazy("提醒，确认后可以保存")),
            (Mode.REFUSE, gettext_lazy("不允许保存")),
        ),
        required=True,
        help=gettext_lazy("检查身份证号（校验位正确）和银行卡号；导入时同样检查，撤销操作除外"),
    ),
    section=SECTION,
    default=str(Mode.WARN),
)
HEALTH_TOO = declare_setting(
    "sensitive.health",
    YesNo(key="health", label=gettext_lazy("也检查健康状况"), help=gettext_lazy("例如疾病、住院、怀孕等字样")),
    section=SECTION,
    default=False,
)
RELIGION_TOO = declare_setting(
    "sensitive.religion",
    YesNo(key="religion", label=gettext_lazy("也检查宗教信仰"), help=gettext_lazy("例如信教、教徒、礼拜等字样")),
    section=SECTION,
    default=False,
)
OWN_WORDS = declare_setting(
    "sensitive.words",
    LongText(
        key="words",
        label=gettext_lazy("也检查这些词"),
        most=2_000,
        help=gettext_lazy("用逗号、顿号、空格或换行隔开"),
    ),
    section=SECTION,
    default="",
)
CONFIRMATION = YesNo(
    key=CONFIRMED,
    label=gettext_lazy("确认保存"),
    help=gettext_lazy("文字里的身份证号、银行卡号等确实需要保存；确认会记入日志"),
)
KINDS: Mapping[str, Label] = {
    Kind.ID_CARD: gettext_lazy("身份证号"),
    Kind.BANK_CARD: gettext_lazy("银行卡号"),
    Kind.WORD: gettext_lazy("敏感词"),
}


@dataclass(frozen=True)
class Policy:
    """What holds now: what is done, and the words that count as well."""

    mode: Mode
    words: re.Pattern[str] | None

    def find(self, text: str) -> list[Finding]:
        """What a text holds."""
        return find(text, self.words)

    def may_hold(self, texts: Iterable[str]) -> bool:
        """A quick look at many texts: False when `find` finds nothing in any of them."""
        return may_hold("\n".join(texts), self.words)


passing: ContextVar[Passing] = ContextVar("passing", default=Passing.NOTHING)


@contextmanager
def letting_pass(what: Passing) -> Iterator[None]:
    """For rows that were looked at before they are written: what was warned of then goes through now."""
    token = passing.set(what)
    try:
        yield
    finally:
        passing.reset(token)


def policy(stamp: int) -> Policy:
    """The company's policy; no query."""
    return _POLICY.at(stamp)


def is_free(field: Field, action: str = "") -> bool:
    """Whether people write into this field what they like: no number, code or secret is meant for it."""
    if not isinstance(field, Text) or field.kind not in ("text", "longtext") or isinstance(field, MEANT_FOR_NUMBERS):
        return False
    known = field.sensitivity == Sensitivity.SENSITIVE or field.key in NOT_WRITTEN
    return not known and f"{action}.{field.key}" not in NOT_WRITTEN


def confirmations(action: str, fields: Iterable[Field]) -> tuple[Field, ...]:
    """The input by which a warning is confirmed, for an action with these inputs."""
    return (CONFIRMATION,) if any(is_free(field, action) for field in fields) else ()


def guarded(action: Action[P, R], function: Callable[Concatenate[Actor, P], R]) -> Callable[Concatenate[Actor, P], R]:
    """The function of an action, which looks at the texts it is given before it runs. Raises
    Refused("sensitive_content") with facts["found"]; facts["confirm"] names the input that lets it pass."""

    @functools.wraps(function)
    def careful(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        known = bool(kwargs.pop(CONFIRMED, False))
        if passing.get() is Passing.ALL or actor.member_id is None:
            return function(actor, *args, **kwargs)
        check(actor, action, args[0] if args else None, kwargs, known=known)
        token = passing.set(Passing.ALL)
        try:
            return function(actor, *args, **kwargs)
        finally:
            passing.reset(token)

    return careful


def check(
    actor: Actor, action: Action[Any, Any], row_id: Any, arguments: Mapping[str, Any], *, known: bool = False
) -> None:
    """Look at the texts among an action's arguments. Raises Refused("sensitive_content")."""
    found = _found(actor, action, arguments)
    if not found or "undoes" in recording.standing_note.get():
        return
    found = _without_old(actor, action, row_id, found)
    if not found:
        return
    refuses = policy(actor.stamp).mode is Mode.REFUSE
    if refuses or not (known or passing.get() is Passing.WARNED):
        raise refusal_of(found, confirm=not refuses)
    running = recording.current.get()
    if running is not None:
        running.note[CONFIRMED] = sorted({finding.kind.value for _field, finding in found})


def sentence(label: Label, found: Iterable[Finding]) -> str:
    """What was found in one field, in words, with the pieces masked."""
    pieces = listed(f"{KINDS[each.kind]} {each.shown}" for each in found)
    return _("「%(field)s」里有%(pieces)s") % {"field": label, "pieces": pieces}


def words_of(kinds: Iterable[Any]) -> str:
    """Kinds of findings in words; what is none stays as it is."""
    return listed(str(KINDS.get(kind, kind)) for kind in kinds)


def refusal_of(found: Iterable[tuple[Field, Finding]], *, confirm: bool) -> Refused:
    """Why it is not saved, by field, with what to do."""
    by_field: dict[str, tuple[Field, list[Finding]]] = {}
    for field, finding in found:
        by_field.setdefault(field.key, (field, []))[1].append(finding)
    advice = _("请删去，或勾选「确认保存」") if confirm else _("请删去；公司规定不能保存这类信息")
    told = {key: sentence(field.label, pieces) for key, (field, pieces) in by_field.items()}
    words = _("%(what)s。%(advice)s")
    facts: dict[str, Any] = {
        "found": [
            {"field": key, "label": str(field.label), "kind": each.kind.value, "shown": each.shown}
            for key, (field, pieces) in by_field.items()
            for each in pieces
        ]
    }
    if confirm:
        facts["confirm"] = CONFIRMED
    errors = {key: words % {"what": what, "advice": advice} for key, what in told.items()}
    message = words % {"what": listed(told.values()), "advice": advice}
    return Refused(CODE, message, next(iter(by_field)), errors=errors, facts=facts)


def _found(actor: Actor, action: Action[Any, Any], arguments: Mapping[str, Any]) -> list[tuple[Field, Finding]]:
    now = policy(actor.stamp)
    if now.mode is Mode.OFF:
        return []
    given = {**arguments, **arguments["values"]} if "values" in arguments else arguments
    likely = _written_into(action, actor.stamp)
    texts = {key: value for key, value in given.items() if type(value) is str and key in likely}
    if not now.may_hold(texts.values()):
        return []
    found = {key: now.find(value) for key, value in texts.items()}
    free = [field for field in action.inputs(actor) if found.get(field.key) and is_free(field, action.name)]
    return [(field, finding) for field in free for finding in found[field.key]]


def _written_into(action: Action[Any, Any], stamp: int) -> frozenset[str]:
    """The keys of an action's inputs that are free for whoever may give them all."""
    kept = _FREE.at(stamp)
    found = kept.get(action.name)
    if found is None:
        known = action.record_type if action.takes_values else None
        fields = (*action.own_inputs, *(in_force(known, stamp).fields if known else ()))
        found = kept[action.name] = frozenset(field.key for field in fields if is_free(field, action.name))
    return found


def _without_old(
    actor: Actor, action: Action[Any, Any], row_id: Any, found: list[tuple[Field, Finding]]
) -> list[tuple[Field, Finding]]:
    """Without what stood there before, as far as the actor can see: whoever edits the rest of a text is not asked
    again."""
    from genjin.kernel.editing import get_value  # noqa: PLC0415 - it imports the actions

    if not (action.takes_values and row_id and action.on and issubclass(action.on, Record)):
        return found
    try:
        row = row_for(actor, action.on, row_id, to=SEE)
    except NotFound:
        return found
    look = policy(actor.stamp).find
    old = {field.key: {each.plain for each in look(str(get_value(row, field) or ""))} for field, _finding in found}
    return [(field, finding) for field, finding in found if finding.plain not in old[field.key]]


def _load() -> Policy:
    stamp = current_stamp()
    words = re.split(r"[\s,，、;；]+", OWN_WORDS.at(stamp))
    words += HEALTH.split() if HEALTH_TOO.at(stamp) else []
    words += RELIGION.split() if RELIGION_TOO.at(stamp) else []
    return Policy(Mode(MODE.at(stamp)), pattern_of(tuple(words)))


_POLICY: Stamped[Policy] = Stamped(_load)
_FREE: Stamped[dict[str, frozenset[str]]] = Stamped(dict)
