"""How well a record fits a condition, in percent: asked of candidates only."""

from __future__ import annotations

from typing import Any

from genjin.duplicates.rules import Compared, How, Kind
from genjin.duplicates.searching.candidates import normal_forms, stored_key
from genjin.kernel import normal
from genjin.kernel.company_names import CompanyName, company_likeness, read_company
from genjin.kernel.likeness import ALIKE

SURE = {
    Kind.CODE: 100,
    Kind.COMPANY: 98,
    Kind.PHONE: 95,
    Kind.EMAIL: 95,
    Kind.ADDRESS: 85,
    Kind.TEXT: 80,
    Kind.LINK: 60,
}
"""How much it says that a value is the same."""
SAME_LINE = 85
"""How much it says that a number is the same but for its extension or area code."""


def fits(compared: Compared, how: How, given: Any, stored: Any, key: Any) -> int:
    """Percent, 0 when it does not fit. `stored`: the record's value; `key`: what its column holds."""
    if key in (None, ""):
        return 0
    if stored_key(compared, key) in normal_forms(compared, given, How.EXACT):
        return SURE[compared.kind]
    if how is How.EXACT:
        return 0
    if compared.kind is Kind.PHONE:
        return SAME_LINE if _same_line(str(given), str(key)) else 0
    return name_percent(read_company(str(given)), read_company(str(stored)))


def name_percent(one: CompanyName, other: CompanyName) -> int:
    """Of two names that are not equal: how sure it is that they mean one company, 0 for less than ALIKE; never as sure
    as equal names. Everybody who compares names asks this, so that a percentage means the same everywhere."""
    percent = company_likeness(one, other)
    return min(percent, SURE[Kind.COMPANY] - 1) if percent >= ALIKE else 0


def together(percents: list[int]) -> int:
    """Of conditions that all fit: what each leaves in doubt is doubted together."""
    doubt = 1.0
    for percent in percents:
        doubt *= 1 - percent / 100
    return min(100, round(100 * (1 - doubt)))


def _same_line(one: str, other: str) -> bool:
    lines = [normal.check_phone(text) for text in (one, other)]
    if any(line.kind != "landline" or line.normal is None for line in lines):
        return lines[0].normal is not None and lines[0].normal == lines[1].normal
    mains = [_main(line.normal or "") for line in lines]
    return mains[0] == mains[1] or any(mains[i][1] == mains[1 - i][1] and not mains[i][0] for i in (0, 1))


def _main(number: str) -> tuple[str, str]:
    """(area, number) without the extension."""
    parts = number.split("-")
    return (parts[0], parts[1]) if parts[0].startswith("0") else ("", parts[0])
