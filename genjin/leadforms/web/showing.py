"""All forms, and one with its links, channels and how it does; its verbs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.campaigns.record import CAMPAIGN
from genjin.kernel.actions import Action
from genjin.kernel.actor import Actor
from genjin.kernel.options import options_of
from genjin.kernel.refusal import NotFound, Refused
from genjin.kernel.titles import titles_of
from genjin.leadforms.actions.channels import add_channel, edit_channel, end_channel, resume_channel
from genjin.leadforms.actions.forms import close_form, delete_form, open_form
from genjin.leadforms.declared import fields_of
from genjin.leadforms.grants import MANAGE, SEE
from genjin.leadforms.linking import link_of, qr_file, qr_picture, snippet_of
from genjin.leadforms.models import FormChannel, LeadForm
from genjin.leadforms.queries import (
    Counted,
    channel_for,
    channel_of,
    channels_of,
    counted,
    form_for,
    forms_of,
)
from genjin.leadforms.rules import Target
from genjin.org.queries import organisation
from genjin.org.web.frame import SettingsForm
from genjin.ownership.standing import pool_named
from genjin.ui.addresses import record_url
from genjin.ui.navigation import NavItem, register_nav
from genjin.ui.pages import PageRequest, closed_dialog, go, page, render, wants_fragment

ROUTE = "lead-forms"
Moves = dict[str, tuple[Action[Any, Any], Any]]
MOVED: Moves = {
    "open": (open_form, gettext_lazy("表单已开放，链接和二维码可以用了")),
    "close": (close_form, gettext_lazy("表单已关闭，打开链接的人会看到「已经关闭」")),
    "delete": (delete_form, gettext_lazy("表单已删除")),
}
CHANNEL_MOVED: Moves = {
    "end": (end_channel, gettext_lazy("渠道码已停用，已印出去的链接照常能填")),
    "resume": (resume_channel, gettext_lazy("渠道码已启用")),
}

register_nav(
    NavItem(
        key="lead-forms",
        label=gettext_lazy("公开表单"),
        icon="world",
        url_name="lead-forms",
        section="customers",
        order=88,
        needs=SEE,
    )
)


@page(ROUTE, name="lead-forms", needs=SEE)
def forms(request: PageRequest) -> HttpResponse:
    """All forms with how many submissions came."""
    lines = [line_of(request.actor, each) for each in forms_of(request.actor)]
    return render(request, "leadforms/forms.html", lines=lines)


def line_of(actor: Actor, count: Counted) -> dict[str, Any]:
    """A form in words: whether it takes anything, where its leads go."""
    form = count.form
    closed = form.period.closed(actor.now(), count.taken)
    return {"form": form, "count": count, "closed": closed, "goes_to": goes_to(actor, form), "link": link_of(form)}


def goes_to(actor: Actor, form: LeadForm) -> str:
    """Where its leads go, in words."""
    if form.target == Target.POOL:
        pool = pool_named(actor.stamp, form.pool_id or 0)
        return _("线索公海「%s」") % pool.name if pool else _("线索公海已删除")
    person = organisation(actor).people.get(form.owner_id or 0)
    name = person.name if person else "—"
    return _("按分配方案，分不出去归%s") % name if form.target == Target.SCHEME else name


@page(f"{ROUTE}/<int:form_id>", name="lead-form", needs=SEE)
def one_form(request: PageRequest, form_id: int) -> HttpResponse:
    """A form: its link, QR code, the code to embed, channels; what it asks and where its leads go."""
    actor = request.actor
    form = form_for(actor, form_id)
    return render(
        request,
        "leadforms/form.html",
        line=line_of(actor, counted([form])[0]),
        form=form,
        asked=[f for _asked, f in fields_of(form.fields, actor.stamp)],
        campaign=_campaign(actor, form),
        **_links(actor, form),
    )


def _links(actor: Actor, form: LeadForm) -> dict[str, Any]:
    """All ways to the form: its own link and those of its channels, with their sources."""
    sources = options_of("customer_source", actor.stamp)
    channels = [
        {"row": row, "came": came, "link": link_of(form, row), "source": _source(sources, row.source)}
        for row, came in channels_of(form)
    ]
    picture, snippet = qr_picture(link_of(form)), snippet_of(form)
    return {"source": _source(sources, form.source), "picture": picture, "snippet": snippet, "channels": channels}


def _campaign(actor: Actor, form: LeadForm) -> tuple[str, str]:
    """Title and address of its campaign, as far as the reader sees it."""
    if not form.campaign_id or not actor.may(CAMPAIGN.grant("see")):
        return "", ""
    title = titles_of(actor, CAMPAIGN.key, [form.campaign_id]).get(form.campaign_id, "")
    return (str(title), record_url(CAMPAIGN, form.campaign_id)) if title else ("", "")


def _source(sources: Any, key: str) -> str:
    return str(sources[key].label) if key in sources else ""


@page(f"{ROUTE}/<int:form_id>/qr.svg", name="lead-form-qr", needs=SEE)
def form_qr(request: PageRequest, form_id: int) -> HttpResponse:
    """The QR code as a file, of the form or of a channel (`?c=`)."""
    form = form_for(request.actor, form_id)
    code = request.GET.get("c", "")[:20]
    channel = channel_of(form, code)
    if code and channel is None:
        raise NotFound
    response = HttpResponse(qr_file(link_of(form, channel)), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="form-{form.key}{f"-{code}" if code else ""}.svg"'
    return response


@page(f"{ROUTE}/<int:form_id>/channels/<int:channel_id>/qr", name="form-channel-qr", needs=SEE)
def channel_qr(request: PageRequest, form_id: int, channel_id: int) -> HttpResponse:
    """The QR code of a channel, to be looked at."""
    form, channel = _channel(request, form_id, channel_id)
    link = link_of(form, channel)
    template = "leadforms/qr.html" if wants_fragment(request) else "ui/form.html"
    return render(
        request, template, bare=wants_fragment(request), inner="leadforms/qr.html", form={"title": channel.name},
        one=form, channel=channel, link=link, picture=qr_picture(link),
    )  # fmt: skip


@page(f"{ROUTE}/<int:form_id>/channels/new", name="form-channel-new", methods=["GET", "POST"], needs=MANAGE)
def new_channel(request: PageRequest, form_id: int) -> HttpResponse:
    """One more channel of a form."""
    form = form_for(request.actor, form_id)
    dialog = SettingsForm(
        request,
        add_channel,
        _("添加渠道码"),
        hidden={"form": form.pk},
        text=_("给海报、推文、合作方各一个链接，看得出线索是从哪里来的。"),
    )
    return dialog.answer(lambda: _done(request, form.pk, _("渠道码已添加")))


@page(
    f"{ROUTE}/<int:form_id>/channels/<int:channel_id>/edit", name="form-channel-edit", methods=["GET", "POST"],
    needs=MANAGE,
)  # fmt: skip
def changed_channel(request: PageRequest, form_id: int, channel_id: int) -> HttpResponse:
    """A channel's name and source."""
    form, channel = _channel(request, form_id, channel_id)
    given = {"name": channel.name, "source": channel.source}
    dialog = SettingsForm(request, edit_channel, _("渠道码「%s」") % channel.code, channel.pk, given)
    return dialog.answer(lambda: _done(request, form.pk, _("已保存")))


@page(
    f"{ROUTE}/<int:form_id>/channels/<int:channel_id>/moves/<str:move>",
    name="form-channel-move",
    methods=["POST"],
    needs=MANAGE,
)
def moved_channel(request: PageRequest, form_id: int, channel_id: int, move: str) -> HttpResponse:
    """End a channel, or offer it again."""
    form, channel = _channel(request, form_id, channel_id)
    return _moved(request, CHANNEL_MOVED, channel.pk, move, reverse("lead-form", args=[form.pk]))


@page(f"{ROUTE}/<int:form_id>/moves/<str:move>", name="lead-form-move", methods=["POST"], needs=MANAGE)
def moved_form(request: PageRequest, form_id: int, move: str) -> HttpResponse:
    """Open, close or delete a form."""
    form = form_for(request.actor, form_id)
    place = reverse("lead-forms") if move == "delete" else reverse("lead-form", args=[form.pk])
    return _moved(request, MOVED, form.pk, move, place)


def _moved(request: PageRequest, moves: Moves, row_id: int, move: str, place: str) -> HttpResponse:
    if move not in moves:
        raise NotFound
    action, told = moves[move]
    try:
        action.run(request.actor, row_id, {})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return go(request, place, refusal.message, tone="bad")
    return go(request, place, str(told))


def _channel(request: PageRequest, form_id: int, channel_id: int) -> tuple[LeadForm, FormChannel]:
    form = form_for(request.actor, form_id)
    return form, channel_for(form, channel_id)


def _done(request: PageRequest, form_id: int, told: str) -> HttpResponse:
    if wants_fragment(request):
        return closed_dialog(told, changed="channels:changed")
    return go(request, reverse("lead-form", args=[form_id]), told)
