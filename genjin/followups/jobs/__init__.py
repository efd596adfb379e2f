"""What follow-ups do outside requests: the clock of the first contact."""

from genjin.followups.jobs import first_contact

assert first_contact
