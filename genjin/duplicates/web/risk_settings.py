"""What the company sets about registrations, each with what it means for its own records."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.duplicates.registering import REGISTERED
from genjin.duplicates.risks.examples import examples_of
from genjin.duplicates.risks.settings import SECTION
from genjin.kernel.company_settings import leaves
from genjin.kernel.records import RECORD_TYPES
from genjin.org.web.frame import Section, register_settings, settings_page
from genjin.org.web.settings import SectionForm, shown
from genjin.ui.pages import PageRequest, fragment, go, page

ROUTE = "settings/risks"

register_settings(
    Section(
        "risk-settings",
        gettext_lazy("登记风险"),
        icon="shield-half-filled",
        note=gettext_lazy("新登记的客户和线索有哪些疑点要核查，多少算多"),
        needs="settings.manage",
    ),
    before="company",
)


@page(ROUTE, name="risk-settings", needs="settings.manage")
def risk_settings(request: PageRequest) -> HttpResponse:
    """What is set."""
    known = [leaf for leaf in leaves(request.actor.stamp).values() if leaf.section == SECTION.key]
    rows = [shown(request, leaf) for leaf in known]
    return settings_page(request, "duplicates/risk_settings.html", "risk-settings", rows=rows)


@page(f"{ROUTE}/change", name="risk-settings-change", methods=["GET", "POST"], needs="settings.manage")
def change(request: PageRequest) -> HttpResponse:
    """Change it in a dialog."""
    known = [leaf for leaf in leaves(request.actor.stamp).values() if leaf.section == SECTION.key]
    form = SectionForm(request, SECTION, known)
    if request.method == "POST" and form.run():
        return go(request, f"/{ROUTE}", _("设置已保存，立即生效"), undo=form.undo())
    return form.draw()


@page(f"{ROUTE}/example", name="risk-settings-example", needs="settings.manage")
def example(request: PageRequest) -> HttpResponse:
    """What it means now; loaded after the page."""
    types = [RECORD_TYPES[key] for key in REGISTERED if request.actor.may(RECORD_TYPES[key].grant("see"))]
    found = [(t, examples_of(request.actor, t)) for t in types]
    return fragment(request, "duplicates/risk_example.html", found=found)
