"""Setting up public forms: made, changed, opened and closed, deleted while nothing was submitted."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import DateTime, LongText, Number, Person, RecordRef, Text, YesNo
from genjin.kernel.fields.fixed import OneOf
from genjin.kernel.recording import record, record_removal
from genjin.kernel.refusal import NotFound, Refused
from genjin.leadforms.fields import FormFields, Hosts, LeadPool, SafeLink, SchemeChoice, SourceChoice
from genjin.leadforms.grants import MANAGE
from genjin.leadforms.models import FormChannel, LeadForm, Submission
from genjin.leadforms.rules import Target, cleaned
from genjin.leads.record import LEAD
from genjin.org.queries import organisation

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LONGEST_CONSENT = 2_000

Name = Annotated[str, Text(key="name", label=gettext_lazy("名称"), most=60, required=True)]
Title = Annotated[str, Text(key="title", label=gettext_lazy("标题"), most=60, required=True)]
Intro = Annotated[str, LongText(key="intro", label=gettext_lazy("开头的话"), most=1_000)]
Fields = Annotated[list[dict[str, Any]], FormFields(key="fields", label=gettext_lazy("要填的内容"), required=True)]
Consent = Annotated[
    str,
    LongText(
        key="consent",
        label=gettext_lazy("个人信息说明"),
        most=LONGEST_CONSENT,
        required=True,
        help=gettext_lazy("写明谁收集、做什么用、保存多久、怎样撤回；填表的人要自己打勾同意，每次改动都留一版"),
    ),
]
Thanks = Annotated[str, LongText(key="thanks", label=gettext_lazy("提交后的话"), most=500)]
Link = Annotated[str, SafeLink(key="thanks_link", label=gettext_lazy("提交后可以去"))]
Where = Annotated[
    str, OneOf(key="target", label=gettext_lazy("线索去哪里"), pairs=tuple(Target.choices), required=True)
]
Owner = Annotated[int | None, Person(key="owner", label=gettext_lazy("负责人"))]
Pool = Annotated[str, LeadPool(key="pool", label=gettext_lazy("线索公海"), pairs=(("", "—"),))]
Scheme = Annotated[str, SchemeChoice(key="scheme", label=gettext_lazy("分配方案"), pairs=(("", "—"),))]
Source = Annotated[str, SourceChoice(key="source", label=gettext_lazy("线索来源"), pairs=(("", "—"),))]
Campaign = Annotated[int | None, RecordRef(key="campaign", label=gettext_lazy("市场活动"), to="campaign")]
Framers = Annotated[list[str], Hosts(key="hosts", label=gettext_lazy("可以嵌入的网站"))]
OpensAt = Annotated[datetime | None, DateTime(key="opens_at", label=gettext_lazy("开始时间"))]
ClosesAt = Annotated[datetime | None, DateTime(key="closes_at", label=gettext_lazy("结束时间"))]
Most = Annotated[
    int | None, Number(key="most", label=gettext_lazy("最多收"), least=1, greatest=1_000_000, unit=gettext_lazy(" 份"))
]
Review = Annotated[bool, YesNo(key="review", label=gettext_lazy("先审核，再入库"))]
Seen = Annotated[int | None, Number(key="seen", label=gettext_lazy("看到的版本"), least=0)]


@action("leadforms.create", on=LeadForm, needs=MANAGE, label=gettext_lazy("新建公开表单"), icon="plus", listed=False)
def create_form(
    actor: Actor,
    *,
    name: Name,
    title: Title,
    fields: Fields,
    consent: Consent,
    target: Where,
    intro: Intro = "",
    thanks: Thanks = "",
    thanks_link: Link = "",
    owner: Owner = None,
    pool: Pool = "",
    scheme: Scheme = "",
    source: Source = "",
    campaign: Campaign = None,
    hosts: Framers = [],  # noqa: B006 - read only
    opens_at: OpensAt = None,
    closes_at: ClosesAt = None,
    most: Most = None,
    review: Review = False,
) -> LeadForm:
    """A new form, closed until it is opened. Raises Refused("same_name", "no_target", "no_period"), Forbidden."""
    form = LeadForm(key=_new_key(), opened=False)
    _goes_to(actor, form, target, owner, pool, scheme)
    _says(form, name, title, intro, fields, consent, thanks, thanks_link)
    _takes(form, opens_at, closes_at, most)
    form.source, form.campaign_id, form.hosts, form.review = source, campaign, hosts, review
    record(actor, form)
    return form


@action("leadforms.edit", on=LeadForm, needs=MANAGE, label=gettext_lazy("修改公开表单"), icon="pencil", listed=False)
def edit_form(
    actor: Actor,
    form_id: int,
    *,
    name: Name,
    title: Title,
    fields: Fields,
    consent: Consent,
    target: Where,
    intro: Intro = "",
    thanks: Thanks = "",
    thanks_link: Link = "",
    owner: Owner = None,
    pool: Pool = "",
    scheme: Scheme = "",
    source: Source = "",
    campaign: Campaign = None,
    hosts: Framers = [],  # noqa: B006 - read only
    opens_at: OpensAt = None,
    closes_at: ClosesAt = None,
    most: Most = None,
    review: Review = False,
    seen: Seen = None,
) -> LeadForm:
    """Change a form; who has it open sends it by what it says then. `seen`: the version the editor saw. Raises
    Refused("changed_meanwhile", …) and as `create_form`."""
    form = _locked(form_id)
    if seen is not None and seen != form.version:
        raise Refused("changed_meanwhile", _("在您编辑期间，别人已修改了这个表单；请刷新后再改"))
    _goes_to(actor, form, target, owner, pool, scheme)
    _says(form, name, title, intro, fields, consent, thanks, thanks_link)
    _takes(form, opens_at, closes_at, most)
    form.source, form.campaign_id, form.hosts, form.review = source, campaign, hosts, review
    record(actor, form)
    return form


@action("leadforms.open", on=LeadForm, needs=MANAGE, label=gettext_lazy("开放"), icon="check", listed=False)
def open_form(actor: Actor, form_id: int) -> LeadForm:
    """Let it take submissions."""
    return _switched(actor, form_id, opened=True)


@action("leadforms.close", on=LeadForm, needs=MANAGE, label=gettext_lazy("关闭"), icon="hand-stop", listed=False)
def close_form(actor: Actor, form_id: int) -> LeadForm:
    """Take nothing any more; what was submitted stays."""
    return _switched(actor, form_id, opened=False)


@action(
    "leadforms.delete", on=LeadForm, needs=MANAGE, label=gettext_lazy("删除"), icon="trash", danger=True, listed=False
)
def delete_form(actor: Actor, form_id: int) -> None:
    """Delete a form to which nothing was ever submitted: what was is evidence. Raises Refused("holds"), NotFound."""
    form = _locked(form_id)
    if Submission.objects.filter(form=form).exists():
        raise Refused("holds", _("这个表单收到过提交，要留作证据，只能关闭"))
    for channel in FormChannel.objects.filter(form=form):
        record_removal(actor, channel)
    record_removal(actor, form)


def _switched(actor: Actor, form_id: int, *, opened: bool) -> LeadForm:
    form = _locked(form_id)
    form.opened = opened
    record(actor, form)
    return form


def _locked(form_id: int) -> LeadForm:
    form = LeadForm.objects.select_for_update(no_key=True).filter(pk=form_id).first()
    if form is None:
        raise NotFound
    return form


def _new_key() -> str:
    """Short enough to be typed, too long to be guessed (50 bits)."""
    return "".join(secrets.choice(LETTERS) for _n in range(10))


def _says(
    form: LeadForm,
    name: str,
    title: str,
    intro: str,
    fields: list[dict[str, Any]],
    consent: str,
    thanks: str,
    thanks_link: str,
) -> None:
    if LeadForm.objects.filter(name__iexact=name).exclude(pk=form.pk).exists():
        raise Refused("same_name", _("已有「%s」，请换一个名称") % name, "name")
    form.name, form.fields, form.thanks_link = name, fields, thanks_link
    form.title, form.intro, form.consent, form.thanks = (cleaned(text) for text in (title, intro, consent, thanks))


def _takes(form: LeadForm, opens_at: datetime | None, closes_at: datetime | None, most: int | None) -> None:
    if opens_at and closes_at and closes_at <= opens_at:
        raise Refused("no_period", _("结束时间要晚于开始时间"), "closes_at")
    form.opens_at, form.closes_at, form.most = opens_at, closes_at, most


def _goes_to(actor: Actor, form: LeadForm, target: str, owner: int | None, pool: str, scheme: str) -> None:
    """Where its leads go: to whom the actor may give leads at all."""
    form.target = target
    form.owner_id = form.pool_id = form.scheme_id = None
    if target == Target.POOL:
        if not pool:
            raise Refused("no_target", _("请选择线索公海"), "pool")
        form.pool_id = int(pool)
        return
    person = organisation(actor).people.get(owner or 0)
    if person is None or not person.active:
        words = _("请选择分不出去时归谁") if target == Target.SCHEME else _("请选择负责人")
        raise Refused("no_target", words, "owner")
    if not actor.may(LEAD.grant("transfer")) or not actor.demand(LEAD.grant("transfer")).holds(
        person.id, person.department_id
    ):
        raise Refused("out_of_reach", _("您不能把线索交给这位同事，请选择别人"), "owner")
    form.owner_id = person.id
    form.scheme_id = int(scheme) if target == Target.SCHEME and scheme else None
