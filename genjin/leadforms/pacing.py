"""How often somebody may send: counted for one part of the net and for one form, in quarters of an hour."""

from __future__ import annotations

from genjin.leadforms.models import LeadForm
from genjin.leadforms.settings import PER_ADDRESS, PER_FORM
from genjin.org.changing.attempts import TooMany, check_attempts, count_failure, key_of


def within_pace(form: LeadForm, address: str, stamp: int) -> bool:
    """Count one more try; whether it may be looked at. What one part of the net sends beyond its own limit does not
    count against the form: nobody closes it for all others. A step of actions."""
    from_there, of_form = key_of("lead-form", str(form.pk), address), f"lead-form:{form.pk}"
    return _one_more(from_there, PER_ADDRESS.at(stamp)) and _one_more(of_form, PER_FORM.at(stamp))


def _one_more(key: str, most: int) -> bool:
    count_failure(key)
    try:
        check_attempts((key, most + 1))
    except TooMany:
        return False
    return True
