"""The holiday table of a year; a year that is not announced says so."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _

from genjin.kernel.fields import Date
from genjin.kernel.refusal import NotFound
from genjin.kernel.workdays import seed_days
from genjin.org.actions.holidays import announce_year, clear_day, set_day, withdraw_year
from genjin.org.queries.holidays import day_fact, days_of, is_announced
from genjin.org.web.frame import SettingsForm, sent_by, settings_page
from genjin.ui.formats import weekday_name
from genjin.ui.pages import PageRequest, go, page

ROUTE = "settings/holidays"


@page(ROUTE, name="holidays", needs="settings.manage")
def holidays(request: PageRequest) -> HttpResponse:
    """`?year=`, this year without it."""
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else request.actor.now().year
    return settings_page(
        request,
        "org/holidays.html",
        "holidays",
        year=year,
        this_year=request.actor.now().year,
        days=[(row, weekday_name(row.day)) for row in days_of(request.actor, year)],
        announced=is_announced(request.actor, year),
        known=seed_days(year) is not None,
    )


@page(f"{ROUTE}/<int:year>/announcement", name="year-announcement", methods=["POST"], needs="settings.manage")
def announce(request: PageRequest, year: int) -> HttpResponse:
    """The year is announced."""
    announce_year.run(request.actor, None, {"year": year})
    return _back(request, year, _("%d 年已设为公布") % year, f"/{ROUTE}/{year}/withdrawal")


@page(f"{ROUTE}/<int:year>/withdrawal", name="year-withdrawal", methods=["POST"], needs="settings.manage")
def withdraw(request: PageRequest, year: int) -> HttpResponse:
    """Not announced after all."""
    withdraw_year.run(request.actor, None, {"year": year})
    return _back(request, year, _("%d 年改回「尚未公布」") % year, f"/{ROUTE}/{year}/announcement")


@page(f"{ROUTE}/day", name="holiday-day", methods=["GET", "POST"], needs="settings.manage")
def day(request: PageRequest) -> HttpResponse:
    """Set one day; `?day=` fills in what is there."""
    chosen = _day(request)
    fact = day_fact(request.actor, chosen) if chosen else None
    given = {"day": chosen or "", "name": fact.name if fact else "", "works": bool(fact and fact.works)}
    form = SettingsForm(request, set_day, _("设置日期"), given=given, submit=_("保存"))
    year = chosen.year if chosen else request.actor.now().year
    return form.answer(lambda: _back(request, year, _("日期已保存")))


@page(f"{ROUTE}/day/removal", name="holiday-removal", methods=["POST"], needs="settings.manage")
def remove(request: PageRequest) -> HttpResponse:
    """Back to the plain week."""
    chosen = _day(request)
    fact = day_fact(request.actor, chosen) if chosen else None
    if chosen is None or fact is None:
        raise NotFound
    clear_day(request.actor, day=chosen)
    undo = f"/{ROUTE}/day?day={chosen}&name={fact.name}" + ("&works=on" if fact.works else "")
    return _back(request, chosen.year, _("%s 已删除") % chosen, undo)


def _day(request: PageRequest) -> date | None:
    text = sent_by(request).get("day") or request.GET.get("day", "")
    try:
        return Date(key="day", label="").parse(text, request.actor)  # type: ignore[no-any-return]
    except ValueError:
        return None


def _back(request: PageRequest, year: int, told: str, undo: str = "") -> HttpResponse:
    return go(request, f"/{ROUTE}?year={year}", told, undo=undo)
