"""The page outside (`/f/<key>`), and the same in a frame of another site. No sign-in, no cookie, no script; what cannot
be read is answered in words, never by an error page.

A sheet that is signed stands where a CSRF token would: nobody else can make one, and no cookie says who sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from genjin.kernel.actor import Actor
from genjin.kernel.refusal import NotFound
from genjin.leadforms import tokens
from genjin.leadforms.actions.receiving import AGREED, Receipt, Sent, pace, receive, turn_away
from genjin.leadforms.declared import digest_of, fields_of, shown
from genjin.leadforms.drawing import PREFIX, controls_of
from genjin.leadforms.models import LeadForm
from genjin.leadforms.queries import closed_now, outside, public_form
from genjin.leadforms.rules import LONGEST_BODY, LONGEST_TRACKED, TRACKED, Closed, Turned, ancestors, cleaned
from genjin.org.queries import organisation
from genjin.ui.pages import PageRequest, jinja, page

OPENED = "guarded by its signed sheet, limits and what the company declared; everybody may fill it in"
TRAP = "homepage"
SENT_AS = ("application/x-www-form-urlencoded", "multipart/form-data")
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
STATUSES = {
    Turned.REPLAYED: 409, Turned.PACE: 429, Turned.LARGE: 413, Turned.BROKEN: 400,
}  # fmt: skip


class Unreadable(Exception):
    """A request that is not even looked at."""

    def __init__(self, reason: Turned) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Visit:
    """A request for a form: who asks (nobody that is known), through which page."""

    request: HttpRequest
    actor: Actor
    form: LeadForm
    framed: bool
    typed: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it comes from."""
        return str(self.request.META.get("REMOTE_ADDR", ""))


@page("f/<slug:form_key>", name="public-form", methods=["GET", "POST"], open=OPENED)
@csrf_exempt
def form_outside(request: PageRequest, form_key: str) -> HttpResponse:
    """The hosted page. `?c=` names the channel, `utm_…` are kept with what is sent."""
    return _served(request, form_key, framed=False)


@page("f/<slug:form_key>/frame", name="public-form-frame", methods=["GET", "POST"], open=OPENED)
@csrf_exempt
def form_in_frame(request: PageRequest, form_key: str) -> HttpResponse:
    """The same to be embedded, by the sites that the form names."""
    return _served(request, form_key, framed=True)


def _served(request: HttpRequest, key: str, *, framed: bool) -> HttpResponse:
    with override(settings.LANGUAGE_CODE):
        try:
            form = public_form(key)
            if framed and not form.hosts:
                raise NotFound
        except NotFound:
            return _answer(None, framed, "leadforms/gone.html", 404)
        visit = Visit(request, outside(), form, framed)
        return _sent(visit) if request.method == "POST" else _blank(visit)


def _blank(visit: Visit) -> HttpResponse:
    closed = closed_now(visit.form, visit.actor.stamp)
    if closed is not None:
        return _closed(visit, closed, 200)
    said = digest_of(shown(visit.form, visit.actor.stamp))
    query = visit.request.GET
    tracked = {key: cleaned(query[key])[:LONGEST_TRACKED] for key in TRACKED if query.get(key)}
    channel = cleaned(query.get("c", ""))[:20]
    sheet = tokens.Sheet(visit.form.pk, said, channel=channel, referrer=_referrer(visit.request), tracked=tracked)
    return _drawn(visit, sheet, 200)


def _referrer(request: HttpRequest) -> str:
    """The page that led here, without what its address asked."""
    try:
        parts = urlsplit(cleaned(request.headers.get("Referer", ""))[:2_000])
    except ValueError:  # no address at all: `http://[`
        return ""
    if parts.scheme not in ("http", "https") or parts.netloc == request.get_host():
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200]


def _sent(visit: Visit) -> HttpResponse:
    try:
        sent = _read(visit)
    except Unreadable as trouble:
        turn_away(visit.actor, form=visit.form, reason=trouble.reason, address=visit.address)
        return _told(visit, None, Receipt(turned=trouble.reason))
    if not pace(visit.actor, form=visit.form, address=visit.address):
        turn_away(visit.actor, form=visit.form, reason=Turned.PACE, address=visit.address)
        return _told(visit, sent.sheet, Receipt(turned=Turned.PACE))
    receipt = receive(visit.actor, form=visit.form.pk, sent=sent)
    if receipt.taken:
        return _answer(visit, visit.framed, "leadforms/thanks.html", 200)
    if receipt.closed is not None:
        return _closed(visit, receipt.closed, 409)
    return _told(visit, sent.sheet, receipt)


def _read(visit: Visit) -> Sent:
    """What was sent, as far as the form knows it. Raises Unreadable."""
    request = visit.request
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > LONGEST_BODY:
        raise Unreadable(Turned.LARGE)
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type not in SENT_AS or charset not in ("utf-8", "utf8"):
        raise Unreadable(Turned.BROKEN)
    try:
        plain = request.content_type == SENT_AS[1] or request.body.isascii()
        post, files = request.POST, request.FILES
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, ValueError):
        raise Unreadable(Turned.BROKEN) from None
    fields = [f for _asked, f in fields_of(visit.form.fields, visit.actor.stamp)]
    known = {PREFIX + f.key for f in fields} | {"sheet", AGREED, TRAP}
    for f in fields:
        given = [cleaned(each) for each in post.getlist(PREFIX + f.key)]
        visit.typed[f.key] = given if f.kind == "multichoice" else (given[-1] if given else "")
    visit.typed[AGREED] = post.get(AGREED) == "yes"
    if not plain or any("\ufffd" in each for _name, values in post.lists() for each in values):
        raise Unreadable(Turned.BROKEN)
    return Sent(
        sheet=tokens.read(post.get("sheet", ""), visit.form.pk),
        values={key: value for key, value in visit.typed.items() if key != AGREED},
        agreed=visit.typed[AGREED],
        trapped=bool(post.get(TRAP, "").strip()),
        others=tuple(sorted({*post, *files} - known)),
        address=visit.address,
        agent=cleaned(request.headers.get("User-Agent", ""))[:200],
        framed=visit.framed,
    )


def _told(visit: Visit, sheet: tokens.Sheet | None, receipt: Receipt) -> HttpResponse:
    """The form again with what was typed, and what to do."""
    said = digest_of(shown(visit.form, visit.actor.stamp))
    if sheet is None:
        sheet = tokens.Sheet(visit.form.pk, said)
    elif receipt.stale or receipt.turned is Turned.REPLAYED:
        sheet = sheet.fresh(said)
    status = STATUSES.get(receipt.turned, 422) if receipt.turned else 409 if receipt.stale else 422
    return _drawn(visit, sheet, status, errors=receipt.errors, message=_words(receipt))


def _words(receipt: Receipt) -> str:
    if receipt.stale:
        return _("表单刚刚更新过，您填的内容都在，请核对后再提交一次")
    words = {
        Turned.TOKEN: _("页面停留得太久，请核对后再提交一次"),
        Turned.FAST: _("提交得太快了，请稍等几秒再点一次提交"),
        Turned.TRAP: _("没有提交成功，请再点一次提交"),
        Turned.UNKNOWN: _("没有提交成功，请核对后再提交一次"),
        Turned.REPLAYED: _("刚才已经收到您的提交。如果要更正，请核对后再提交一次"),
        Turned.PACE: _("现在提交的人太多，请过一会儿再试；您填的内容都在"),
        Turned.LARGE: _("内容太长，没有提交成功；请写得短一些"),
        Turned.BROKEN: _("提交的内容无法识别，请在这个页面上重新填写"),
    }
    if receipt.turned is not None:
        return words[receipt.turned]
    return _("还有 %d 处要改，改好后再提交") % len(receipt.errors)


def _drawn(
    visit: Visit, sheet: tokens.Sheet, status: int, *, errors: Mapping[str, str] | None = None, message: str = ""
) -> HttpResponse:
    errors = errors or {}
    return _answer(
        visit,
        visit.framed,
        "leadforms/public.html",
        status,
        controls=controls_of(visit.actor, visit.form, visit.typed, errors),
        agreed=bool(visit.typed.get(AGREED)) and not errors.get(AGREED),
        agreed_error=errors.get(AGREED, ""),
        message=message,
        sheet=sheet.signed(),
        address=visit.request.path,
        trap=TRAP,
    )


def _closed(visit: Visit, closed: Closed, status: int) -> HttpResponse:
    return _answer(visit, visit.framed, "leadforms/closed.html", status, why=str(closed.label), closed=closed)


def _answer(visit: Visit | None, framed: bool, template: str, status: int, **context: Any) -> HttpResponse:
    """A page of its own kind: it has neither menu nor script, and sets no cookie."""
    form = visit.form if visit else None
    company = organisation(visit.actor).company if visit else ""
    html = jinja().get_template(template).render(form=form, company=company, framed=framed, **context)
    response = HttpResponse(html, status=status)
    hosts = form.hosts if form and framed else []
    response.headers["Content-Security-Policy"] = POLICY + ancestors(hosts)
    response.xframe_options_exempt = bool(hosts)  # read by the headers' middleware
    return response
