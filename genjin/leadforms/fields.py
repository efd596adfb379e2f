"""Inputs of the actions on forms: which fields in which order, hosts, a scheme, a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from genjin.allocation.queries import live_schemes
from genjin.kernel.actor import Actor
from genjin.kernel.fields import FieldError, LongText, Url
from genjin.kernel.fields.fixed import OneOf, Pairs, Structured
from genjin.kernel.options import options_of
from genjin.kernel.wording import listed
from genjin.leadforms.declared import needed, offered
from genjin.leadforms.rules import MOST_FIELDS, MOST_HOSTS, REACHED_BY, Asked, cleaned, host_of
from genjin.leads.record import LEAD
from genjin.ownership.standing import pools_at

LONGEST_LABEL, LONGEST_HELP = 60, 200


@dataclass(frozen=True, kw_only=True)
class FormFields(Structured):
    """Which fields of the lead a form asks for, in order: [{"key": "mobile", "label": "", "help": "", "required":
    true}]."""

    def parse(self, raw: Any, actor: Actor) -> list[dict[str, Any]]:
        """Raises FieldError for a field that a form may not ask for, and without any by which somebody can be
        reached."""
        given = super().parse(raw, actor)
        if len(given) > MOST_FIELDS:
            raise FieldError(_("一个表单最多 %d 个字段") % MOST_FIELDS)
        asked = [self._one(actor, number, each) for number, each in enumerate(given, 1)]
        keys = [one.key for one in asked]
        if len(set(keys)) < len(keys):
            raise FieldError(_("同一个字段只能放一次"))
        known = offered(actor.stamp)
        if not set(keys) & set(REACHED_BY):
            names = listed(str(known[key].label) for key in REACHED_BY if key in known)
            raise FieldError(_("至少放一个能联系到人的字段：%s") % names)
        missing = [str(f.label) for key, f in needed(actor.stamp).items() if key not in keys]
        if missing:
            raise FieldError(_("新建线索必须填写%s，请放进表单") % listed(f"「{name}」" for name in missing))
        return [one.kept() for one in asked]

    def _one(self, actor: Actor, number: int, raw: Any) -> Asked:
        known = offered(actor.stamp)
        if not isinstance(raw, dict) or raw.get("key") not in known:
            raise FieldError(_("第 %d 个字段：请选择一个可以公开填写的字段") % number)
        label, words = (cleaned(str(raw.get(name) or "")).strip() for name in ("label", "help"))
        if len(label) > LONGEST_LABEL or len(words) > LONGEST_HELP:
            facts = {"n": number, "label": LONGEST_LABEL, "help": LONGEST_HELP}
            raise FieldError(_("第 %(n)d 个字段：名称最多 %(label)d 个字，说明最多 %(help)d 个字") % facts)
        return Asked(raw["key"], label, words, bool(raw.get("required")))


@dataclass(frozen=True, kw_only=True)
class Hosts(LongText):
    """Whose pages may frame a form: one host per line; a list for programs."""

    most: int = 4_000

    def parse(self, raw: Any, actor: Actor) -> Any:  # noqa: ARG002 - one signature for all kinds
        """A list of hosts in their normal form. Raises FieldError for what is none."""
        text = "\n".join(str(each) for each in raw) if isinstance(raw, list | tuple) else str(raw or "")
        parts = self.limited(text).replace(",", " ").replace("，", " ").replace("、", " ").split()
        hosts = []
        for part in parts:
            host = host_of(part)
            if host is None:
                raise FieldError(_("「%s」不是网站域名；请写成 www.example.cn 或 *.example.cn") % part[:40])
            hosts.append(host)
        if len(hosts) > MOST_HOSTS:
            raise FieldError(_("最多 %d 个网站") % MOST_HOSTS)
        return list(dict.fromkeys(hosts))


@dataclass(frozen=True, kw_only=True)
class SafeLink(Url):
    """Where to go on after a form was sent: https only."""

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """The normal form. Raises FieldError."""
        link = super().parse_given(raw, actor)
        if not link.startswith("https://"):
            raise FieldError(_("请填写以 https:// 开头的地址"))
        return link


@dataclass(frozen=True, kw_only=True)
class SourceChoice(OneOf):
    """A source of leads, '' for none."""

    def offered_to(self, actor: Actor) -> Pairs:
        """'' and the options that are in use."""
        options = options_of("customer_source", actor.stamp)
        return [("", "—"), *((key, option.label) for key, option in options.items() if not option.retired)]


@dataclass(frozen=True, kw_only=True)
class LeadPool(OneOf):
    """One of all open pools of leads: who sets up forms sees what they are called, not what lies in them."""

    def offered_to(self, actor: Actor) -> Pairs:
        """'' and the open pools."""
        pools = pools_at(actor.stamp, LEAD.key)
        return [("", "—"), *((str(pool.pk), pool.name) for pool in pools if pool.enabled)]


@dataclass(frozen=True, kw_only=True)
class SchemeChoice(OneOf):
    """One of the schemes in force for leads; '': the first that fits."""

    def offered_to(self, actor: Actor) -> Pairs:  # noqa: ARG002 - one signature for all choices
        """'' and the schemes."""
        schemes = live_schemes(LEAD.key)
        return [("", _("自动：按优先级选第一个适用的")), *((str(scheme.pk), scheme.name) for scheme in schemes)]
