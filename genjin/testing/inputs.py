"""Raw inputs for any declared fields, with a person's mark in every text: what fills worlds for guards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from stdnum.cn import uscc

from genjin.kernel import industries, regions
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Field, RecordRef
from genjin.kernel.fields.texts import CreditCode

NUMBERS = {"owner": 1, "stranger": 2, "manager": 3}
TAG = "常来往"  # bears no mark: the words of tags belong to the company, not to the record
MARKS = {part: f"zq{part}zq" for part in NUMBERS}


def mark(part: str) -> str:
    """The word that stands in every text of this part's records."""
    return MARKS[part]


def phone(part: str) -> str:
    """The telephone number on all of this part's records."""
    return f"1390000{NUMBERS[part]}17{NUMBERS[part]}"


def traces(part: str) -> tuple[str, ...]:
    """What must not reach a reader who may not see the part's records (compared without regard to case)."""
    return (mark(part), phone(part), credit_code(part).lower())


def credit_code(part: str) -> str:
    """A valid 统一社会信用代码."""
    front = f"9132050{NUMBERS[part]}MA1W3X{NUMBERS[part]}K1"
    return str(front + uscc.calc_check_digit(front))


def filled(fields: Iterable[Field], part: str, actor: Actor, known: Mapping[str, int]) -> dict[str, Any]:
    """A raw input for each field; `known` holds ids by field key or by record type. Fields that need an id which is not
    known stay empty, and links that are drawn only when they are given: they stand for others (a plan of a lead)."""
    made = {field.key: _value(field, part, actor, known) for field in fields if not _stands_for_others(field)}
    return {key: value for key, value in made.items() if value is not None}


def _stands_for_others(field: Field) -> bool:
    return isinstance(field, RecordRef) and field.shown_when is not None


def _value(field: Field, part: str, actor: Actor, known: Mapping[str, int]) -> Any:
    if field.key in known and field.kind != "yesno":
        return str(known[field.key])
    if isinstance(field, RecordRef):
        return str(known[field.to]) if field.to in known else None
    if isinstance(field, CreditCode):
        return credit_code(part)
    make = _MAKERS.get(field.kind)
    return make(field, part, actor) if make else None


def _text(field: Field, part: str, actor: Actor) -> str:  # noqa: ARG001 - one signature for all makers
    return _text_of(part, field.key)[: getattr(field, "most", 200) or 200]


def _text_of(part: str, key: str) -> str:
    return f"{mark(part)} {key}"


def _choice(field: Field, part: str, actor: Actor) -> str | None:  # noqa: ARG001 - one signature for all makers
    assert isinstance(field, Choice)
    first = next(iter(field.live(actor)), None)
    return first.key if first else None


def _number(field: Field, part: str, actor: Actor) -> str:  # noqa: ARG001 - one signature for all makers
    return str(getattr(field, "least", None) or 1)


def _day(field: Field, part: str, actor: Actor) -> str:  # noqa: ARG001 - one signature for all makers
    ahead = field.key.startswith(("next", "expires", "starts", "ends", "repeat"))
    return (actor.now() + timedelta(days=3 if ahead else -3)).date().isoformat()


def _moment(field: Field, part: str, actor: Actor) -> str:
    return f"{_day(field, part, actor)} 10:30"


_MAKERS: dict[str, Callable[[Field, str, Actor], Any]] = {
    "text": _text,
    "longtext": _text,
    "tags": lambda _field, _part, _actor: [TAG],
    "email": lambda _field, part, _actor: f"{mark(part)}@example.com",
    "url": lambda _field, part, _actor: f"https://{mark(part)}.example.com/",
    "phone": lambda _field, part, _actor: phone(part),
    "choice": _choice,
    "number": _number,
    "percent": _number,
    "date": _day,
    "birthday": lambda _field, _part, _actor: "1985-03-15",
    "datetime": _moment,
    "region": lambda _field, _part, _actor: regions.children(regions.children()[0].code)[0].code,
    "industry": lambda _field, _part, _actor: industries.children()[0].code,
    "yesno": lambda _field, _part, _actor: "",
}
