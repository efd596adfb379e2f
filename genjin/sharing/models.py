"""The table of sharing rules (B5)."""

from __future__ import annotations

from datetime import date

from django.db import models

from genjin.kernel.models.rows import Row
from genjin.sharing.rules import SharingState


class SharingRule(Row):
    """Departments share records of a type, perhaps only those that fit `conditions` (`{"region.in": ["320000"]}`, as in
    a list's address), with departments (and all below them), members and roles; to be seen, or also to be edited."""

    name = models.CharField(max_length=60)
    record_type = models.CharField(max_length=40)
    departments = models.JSONField(default=list)
    below = models.BooleanField(default=True)
    conditions = models.JSONField(default=dict)
    to_departments = models.JSONField(default=list)
    to_members = models.JSONField(default=list)
    to_roles = models.JSONField(default=list)
    writes = models.BooleanField(default=False)
    until: models.DateField[date | None, date | None] = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=SharingState.choices, default=SharingState.ON)

    row_type = "sharing_rule"
