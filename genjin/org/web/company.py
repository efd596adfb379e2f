"""The company's own facts, and the patterns of codes."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.codes import BadPattern, format_code
from genjin.kernel.codes_store import pattern_of
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.actions.codes import set_pattern
from genjin.org.actions.company import edit_company, remove_logo, set_logo
from genjin.org.queries import company_facts
from genjin.org.web.frame import SettingsForm, settings_page
from genjin.ui.pages import PageRequest, fragment, go, page


@page("settings/company", name="company", needs="settings.manage")
def company(request: PageRequest) -> HttpResponse:
    """Name, time zone, logo."""
    return settings_page(request, "org/company.html", "company", company=company_facts(), errors={})


@page("settings/company/edit", name="company-edit", methods=["GET", "POST"], needs="settings.manage")
def edit(request: PageRequest) -> HttpResponse:
    """Name and time zone."""
    facts = company_facts()
    if facts is None:
        raise NotFound
    given = {"name": facts.name, "time_zone": facts.time_zone}
    form = SettingsForm(request, edit_company, _("公司信息"), given=given, version=facts.version, submit=_("保存"))
    return form.answer(lambda: go(request, "/settings/company", _("已保存")))


@page("settings/company/logo", name="company-logo", methods=["POST"], needs="settings.manage")
def upload_logo(request: PageRequest) -> HttpResponse:
    """A new logo."""
    upload = request.FILES.get("logo")
    try:
        if upload is None:
            raise Refused("no_file", _("请先选择一张图片"), "logo")
        set_logo(request.actor, content=upload.read(), filename=upload.name or "")
    except Refused as refusal:
        context = {"company": company_facts(), "errors": refusal.errors}
        return settings_page(request, "org/company.html", "company", status=refusal.status, **context)
    return go(request, "/settings/company", _("标志已更新"))


@page("settings/company/logo/removal", name="company-logo-removal", methods=["POST"], needs="settings.manage")
def drop_logo(request: PageRequest) -> HttpResponse:
    """The product's own mark again."""
    remove_logo(request.actor)
    return go(request, "/settings/company", _("标志已移除"))


@page("settings/codes", name="codes", needs="settings.manage")
def codes(request: PageRequest) -> HttpResponse:
    """Every record type's pattern with an example."""
    rows = []
    for declared in RECORD_TYPES.values():
        pattern = pattern_of(declared, request.actor.stamp)
        rows.append((declared, pattern, preview(request, pattern)))
    return settings_page(request, "org/codes.html", "codes", rows=rows)


@page("settings/codes/<str:type_key>", name="code", methods=["GET", "POST"], needs="settings.manage")
def code(request: PageRequest, type_key: str) -> HttpResponse:
    """Change one pattern."""
    declared = RECORD_TYPES.get(type_key)
    if declared is None:
        raise NotFound
    form = SettingsForm(
        request,
        set_pattern,
        _("%s的编号规则") % declared.label,
        given={"pattern": pattern_of(declared, request.actor.stamp)},
        hidden={"record_type": type_key},
        submit=_("保存"),
        text=_("只影响以后新建的记录；已有编号不变，流水号接着往下走。"),
    )
    return form.answer(lambda: go(request, "/settings/codes", _("编号规则已保存")))


@page("settings/codes-preview", name="code-preview", needs="settings.manage")
def code_preview(request: PageRequest) -> HttpResponse:
    """What `?pattern=` makes of number 123 today, or what is wrong with it."""
    return fragment(request, "org/code_preview.html", preview=preview(request, request.GET.get("pattern", "")[:60]))


def preview(request: PageRequest, pattern: str) -> str:
    """An example code, or the reason why there is none."""
    try:
        return format_code(pattern, 123, request.actor.now().date())
    except BadPattern as error:
        return str(error)
