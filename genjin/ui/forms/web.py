"""Pages: create, edit, run an action on one or many records; what drop-downs ask."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel import regions
from genjin.kernel.actions import ACTIONS
from genjin.kernel.doors import SEE, row_for, visible_to
from genjin.kernel.fields.base import Field
from genjin.kernel.models.rows import Record
from genjin.kernel.records import RecordType, by_plural, type_of
from genjin.kernel.refusal import NotFound
from genjin.ui.addresses import list_url, record_url
from genjin.ui.formats import ell
from genjin.ui.forms.choices import filter_offers, offers
from genjin.ui.forms.finding import demand_reach, row_action, verb_of
from genjin.ui.forms.running import ActionForm
from genjin.ui.pages import PageRequest, closed_dialog, fragment, go, in_dialog, on_page, page
from genjin.ui.undoing import CHANGED, undo_address


@page("<plural:record_type>/new", name="new", methods=["GET", "POST"])
def new(request: PageRequest, record_type: RecordType) -> HttpResponse:
    """Create a record. `?key=value` fills fields in; `?stay=1` stays on the page it was opened from."""
    stay = request.GET.get("stay") or request.POST.get("stay", "")
    form = _creation_form(request, record_type, stay)
    outcome = form.run() if request.method == "POST" else None
    if outcome is None or outcome.row_id is None:
        return form.respond()
    if stay and in_dialog(request):
        return closed_dialog(_("已保存"), changed=CHANGED)
    return go(request, record_url(record_type, outcome.row_id), _("已保存"))


@page("<plural:record_type>/<int:row_id>/edit", name="edit", methods=["GET", "POST"])
def edit(request: PageRequest, record_type: RecordType, row_id: int) -> HttpResponse:
    """Edit a record's fields; what others changed meanwhile is shown and decided (409)."""
    action = row_action(record_type, "edit")
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    demand_reach(request.actor, action, row)
    title = _("编辑「%(title)s」") % {"title": getattr(row, record_type.title)}
    form = ActionForm(
        request, action, url=f"{record_url(record_type, row_id)}/edit", title=title, row=row, submit=_("保存")
    )
    if request.method == "POST" and (outcome := form.run()):
        return _done(request, row, _("已保存"), undo_address(action, outcome.event_id))
    return form.respond()


@page("<plural:record_type>/<int:row_id>/actions/<str:verb>", name="act", methods=["GET", "POST"])
def act(request: PageRequest, record_type: RecordType, row_id: int, verb: str) -> HttpResponse:
    """Run one of the type's actions on a record."""
    action = row_action(record_type, verb)
    row = row_for(request.actor, record_type.model, row_id, to=SEE)
    demand_reach(request.actor, action, row)
    title = _("%(verb)s「%(title)s」") % {"verb": action.label, "title": getattr(row, record_type.title)}
    url = f"{record_url(record_type, row_id)}/actions/{verb_of(record_type, action)}"
    form = ActionForm(request, action, url=url, title=title, row=row, given=request.GET.dict())
    if request.method == "POST" and (outcome := form.run()):
        words = _("已%(verb)s「%(title)s」") % {
            "verb": action.label,
            "title": ell(str(getattr(row, record_type.title)), 40),
        }
        return _done(request, row, words, undo_address(action, outcome.event_id))
    return form.respond()


def _done(request: PageRequest, row: Record, words: str, undo: str) -> HttpResponse:
    """Back to where it was done; to the list from the page of a record that is out of sight now."""
    record_type = type_of(row)
    address = record_url(record_type, row.pk)
    elsewhere = in_dialog(request) and on_page(request) != address
    if not elsewhere and not visible_to(request.actor, record_type.model).filter(pk=row.pk).exists():
        return go(request, list_url(record_type), words, undo=undo)
    if in_dialog(request):
        return closed_dialog(words, changed=CHANGED, undo=undo)
    return go(request, address, words, undo=undo)


@page("choices/<str:source>/<str:key>", name="choices")
def choices(request: PageRequest, source: str, key: str) -> HttpResponse:
    """What a drop-down offers for `q`."""
    field = _asked_field(request, source, key)
    choose = filter_offers if "filter" in request.GET else offers
    return fragment(request, "ui/choices.html", offers=choose(request.actor, field, request.GET.get("q", "")))


def _asked_field(request: PageRequest, source: str, key: str) -> Field:
    """A field of a record type (by plural) or an input of an action (by name). Raises NotFound."""
    record_type, action = by_plural(source), ACTIONS.get(source)
    found: Field | None = None
    if record_type and request.actor.may(record_type.grant("see")):
        found = record_type.seen_by(request.actor).keys.get(key)
    elif action and request.actor.may(action.needs):
        found = next((f for f in action.inputs(request.actor) if f.key == key), None)
    if found is None and record_type:
        create = ACTIONS.get(record_type.grant("create"))
        if create and request.actor.may(create.needs):
            found = next((f for f in create.inputs(request.actor) if f.key == key), None)
    if found is None:
        raise NotFound
    return found


@page("regions", name="regions")
def region_options(request: PageRequest) -> HttpResponse:
    """The next level below `parent`, as options of a select."""
    below = regions.children(request.GET.get("parent", "")[:6])
    return fragment(request, "ui/region_options.html", regions=below)


def _creation_form(request: PageRequest, record_type: RecordType, stay: str) -> ActionForm:
    action = ACTIONS.get(record_type.grant("create"))
    if action is None or not request.actor.may(action.needs):
        raise NotFound
    return ActionForm(
        request,
        action,
        url=f"{list_url(record_type)}/new",
        title=str(action.label),
        submit=_("保存"),
        given=request.GET.dict(),
        keep=(("stay", stay),),
        draft=f"new.{record_type.key}",
    )
