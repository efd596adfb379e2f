"""Pages and toasts for refusals and faults. A page never shows a trace; it shows the request's number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from genjin.kernel.refusal import NotFound, Refused
from genjin.ui.pages import all_pages, render, to_sign_in, wants_fragment, with_toast


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A rule said no: a toast for htmx, a page otherwise. Absent and forbidden rows look the same (404)."""
    titles = {404: _("没有找到"), 403: _("没有权限"), 409: _("内容已被修改")}
    return _answer(request, refusal.status, titles.get(refusal.status, _("无法完成")), refusal.message)


def fault(request: HttpRequest) -> HttpResponse:
    """Something broke on our side; what the reader typed is still in their browser."""
    return _answer(request, 500, _("出错了"), _("系统遇到意外，没有保存任何更改。请重试；仍不行时把编号告诉管理员"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    """The form's token is missing or old (settings.CSRF_FAILURE_VIEW). Whose session is gone as well signs in and comes
    back: what was typed is kept by the browser."""
    match = request.resolver_match
    guarded = match is not None and match.url_name not in {known.name for known in all_pages() if known.opened}
    if guarded and getattr(request, "actor", None) is None:
        return to_sign_in(request)
    return _answer(request, 403, _("页面已过期"), _("为了安全，请刷新页面后再提交一次"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """handler400."""
    return _answer(request, 400, _("请求无法识别"), _("地址或提交的内容不完整，请返回重试"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """handler403."""
    return _answer(request, 403, _("没有权限"), _("您没有权限查看此页，请联系管理员开通"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """handler404: the same words as for a row that may not be seen."""
    return refused(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return fault(request)


def _answer(request: HttpRequest, status: int, title: str, message: str | Promise) -> HttpResponse:
    if wants_fragment(request):
        response = HttpResponse(status=status, headers={"HX-Reswap": "none"})
        # after a fault the page's own script offers to retry and shows the request's number
        return response if status >= 500 else with_toast(response, message, tone="bad")
    return render(request, "error.html", status=status, bare=status >= 500, code=status, title=title, message=message)
