"""The editor of a formula: what it may read and do, and while it is typed, where it is wrong or what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.fields import Number
from genjin.kernel.formulas import FUNCTIONS
from genjin.kernel.records import RecordType
from genjin.kernel.refusal import Refused
from genjin.tailoring.grants import MANAGE
from genjin.tailoring.queries.formulas import Tried, trials
from genjin.tailoring.rules.formulas import BadFormula, as_written, checked_formula, offered
from genjin.tailoring.rules.kinds import checked_facts
from genjin.tailoring.web.frames import TYPE, whole
from genjin.tailoring.web.reading import sent_facts
from genjin.ui.pages import PageRequest, fragment, page

IMAGINED = "x_preview"


@dataclass(frozen=True)
class Told:
    """What the editor says of a formula: the text around what is wrong, or records with results. `kept_back`: the
    reader may not know all that it reads."""

    before: str = ""
    wrong: str = ""
    after: str = ""
    error: str = ""
    tried: list[Tried] | None = None
    kept_back: bool = False


@dataclass(frozen=True)
class Editor:
    """The editor as drawn: the formula with names of fields, what may stand in braces, how functions are written, the
    name of a field to show the writing by."""

    text: str
    key: str
    fields: list[tuple[str, str]]
    functions: list[tuple[str, str]]
    told: Told | None
    example: str


def editor(
    request: PageRequest, declared: RecordType, facts: Mapping[str, Any], key: str, refusal: Refused | None
) -> Editor:
    """The editor of a new formula, a stored one or one that was refused."""
    given = str(facts.get("formula") or "")
    text = given if refusal else as_written(given, declared)
    functions = {f.names: str(f.usage) for f in FUNCTIONS.values() if f.usage}
    usages = [("/".join(reversed(names)), usage) for names, usage in functions.items()]
    told = _told(request, declared, {**facts, "formula": text}, key) if text else None
    numbers = (str(f.label) for f in declared.fields if isinstance(f, Number) and f.key != key)
    return Editor(text, key, offered(declared, key), usages, told, next(numbers, _("数量")))


@page(f"{TYPE}/formula", name="field-formula", methods=["POST"], needs=MANAGE)
def formula(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """What is to be said of the formula that stands in the form."""
    declared, sent = whole(request.actor, record_type), request.POST
    facts = sent_facts("formula", sent)
    told = _told(request, declared, facts, sent.get("own_key", "")[:40]) if facts["formula"] else None
    return fragment(request, "tailoring/formula_told.html", told=told)


def _told(request: PageRequest, declared: RecordType, facts: Mapping[str, Any], key: str) -> Told:
    text = str(facts["formula"])
    try:
        checked = checked_formula(checked_facts("formula", facts), declared, key)
    except BadFormula as bad:
        end = bad.at + bad.length
        return Told(text[: bad.at], text[bad.at : end], text[end:], bad.message)
    except Refused as refusal:
        return Told(error=refusal.message)
    tried = trials(request.actor, declared, checked, key or IMAGINED)
    return Told(tried=tried, kept_back=tried is None)
