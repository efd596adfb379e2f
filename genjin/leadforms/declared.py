"""Which fields of the lead a form may ask for, by its declaration and what the company added; and how they are said.

Never: what would tell the public whether something exists (unique fields), what is the company's own judgement, people
and records of the company, sensitive numbers, files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import override

from genjin.kernel.fields import Field
from genjin.kernel.fields.base import Sensitivity
from genjin.kernel.fields.own import OwnBankCard, OwnIdCard
from genjin.kernel.sights import in_force
from genjin.leadforms.models import LeadForm
from genjin.leadforms.rules import Asked, asked_of
from genjin.leads.record import LEAD

KINDS = frozenset(
    {
        "text", "longtext", "phone", "email", "url", "number", "percent", "date", "datetime", "choice", "multichoice",
        "yesno", "region", "industry",
    }
)  # fmt: skip
JUDGED = frozenset({"source", "quality", "level", "remarks"})
"""What the company itself says of a lead."""
USUAL = (Asked("contact_name", required=True), Asked("mobile", required=True), Asked("company"), Asked("need"))


def offered(stamp: int) -> dict[str, Field]:
    """The fields that a form may ask for, by key, in the order of the declaration."""
    return {f.key: f for f in in_force(LEAD, stamp).fields if _may_be_asked(f)}


def _may_be_asked(f: Field) -> bool:
    if not f.editable or f.kind not in KINDS or f.unique or f.key in JUDGED:
        return False
    return f.sensitivity is not Sensitivity.SENSITIVE and not isinstance(f, OwnIdCard | OwnBankCard)


def needed(stamp: int) -> dict[str, Field]:
    """The fields without which no lead can be made, but its name: that is made of the others."""
    return {f.key: f for f in in_force(LEAD, stamp).fields if f.required and f.editable and f.key != "name"}


def fields_of(kept: Iterable[Mapping[str, Any]], stamp: int) -> list[tuple[Asked, Field]]:
    """What a form asks for, each with the field as the form says it; what is no longer declared is left out."""
    known = offered(stamp)
    asked = [asked_of(raw) for raw in kept]
    return [(one, worded(one, known[one.key])) for one in asked if one.key in known]


def worded(asked: Asked, declared: Field) -> Field:
    """The field with the words of a form, in the language of the public."""
    with override(settings.LANGUAGE_CODE):
        label, words = asked.label or str(declared.label), asked.help
    required = asked.required or (declared.required and declared.key != "name")
    return declared.with_(label=label, help=words, required=required, shown_when=None, required_when=None)


def shown(form: LeadForm, stamp: int) -> dict[str, Any]:
    """What a form says to the public now, as its editions keep it."""
    fields = [
        {"key": f.key, "label": str(f.label), "help": str(f.help), "required": f.required, "kind": f.kind}
        for _asked, f in fields_of(form.fields, stamp)
    ]
    return {"title": form.title, "intro": form.intro, "consent": form.consent, "fields": fields}


def digest_of(said: Mapping[str, Any]) -> str:
    """What tells one edition from another."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
