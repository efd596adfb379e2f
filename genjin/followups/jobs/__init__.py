"""What follow-ups do outside requests: the clock of the first contact, totals and downloads of the statistics."""

from genjin.followups.jobs import first_contact
from genjin.followups.statistics import jobs as statistics

assert first_contact
assert statistics
