"""Classes of personal values, and how lists show each: masked as the rule stands, in full to whose record it is, or in
full to everybody who may see the field (B19). What a role only sees masked stays so whatever is set here.
"""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import CompanySetting, declare_section, declare_setting
from genjin.kernel.fields import Address, Email, Field, Phone, Sensitivity
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.fields.own import OwnBankCard, OwnIdCard
from genjin.kernel.fields.veiled import Veiled

PERSONAL = frozenset({Sensitivity.PERSONAL, Sensitivity.SENSITIVE})


class InLists(StrEnum):
    """How lists show the values of a class."""

    MASKED = "masked"
    OWNER = "owner"
    FULL = "full"


SECTION = declare_section("privacy", _("号码与隐私"), _("列表里怎么显示个人信息，查看完整号码的限制"), order=60)
_WAYS = ((InLists.MASKED, _("遮掩")), (InLists.OWNER, _("负责人看完整的")), (InLists.FULL, _("有权限的都看完整的")))
_CLASSES = {
    "phone": (Phone, _("列表里的电话")),
    "email": (Email, _("列表里的邮箱")),
    "id_card": (OwnIdCard, _("列表里的身份证号")),
    "bank_card": (OwnBankCard, _("列表里的银行卡号")),
    "address": (Address, _("列表里的地址")),
}
IN_LISTS: dict[str, CompanySetting[str]] = {
    key: declare_setting(
        f"privacy.{key}",
        OneOf(key=key, label=label, pairs=tuple((str(way), words) for way, words in _WAYS)),
        section=SECTION,
        default=str(InLists.MASKED),
    )
    for key, (_kind, label) in _CLASSES.items()
}


def class_of(known: Field) -> str:
    """phone, email, id_card, bank_card, address; '' for what lists show as it is."""
    inner = known.inner if isinstance(known, Veiled) else known
    return next((key for key, (kind, _label) in _CLASSES.items() if isinstance(inner, kind)), "")


def in_lists(actor: Actor, known: Field) -> InLists:
    """How lists show a field to an actor: MASKED wherever the value has a masked form and nothing else is set."""
    if isinstance(known, Veiled):
        return InLists.MASKED
    if known.sensitivity not in PERSONAL or type(known).masked is Field.masked:
        return InLists.FULL
    kind = class_of(known)
    return InLists(IN_LISTS[kind].at(actor.stamp)) if kind else InLists.MASKED
