"""Tables of imports: one uploaded file, how far it is, what became of its rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row


class State(models.TextChoices):
    """How far an import is."""

    UPLOADED = "uploaded", gettext_lazy("待确认")
    RUNNING = "running", gettext_lazy("导入中")
    DONE = "done", gettext_lazy("已完成")


class Duplicates(models.TextChoices):
    """What to do with rows whose customer is there already."""

    SKIP = "skip", gettext_lazy("跳过，不导入")
    ATTACH = "attach", gettext_lazy("把跟进记录补到已有客户")
    CREATE = "create", gettext_lazy("仍然新建客户")


MOVES = {State.UPLOADED: {State.RUNNING}, State.RUNNING: {State.DONE}, State.DONE: set[State]()}


class Import(Row):
    """One file brought in by one member. The file itself is kept until the import is done.

    `position`: how many of its rows are done. `report`: {customers, followups, duplicates, rejected: [[row, name,
    reason]], brought: [[row, customer id]]}; both lists are cut off at MOST_LISTED.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    content = models.BinaryField(default=b"")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    duplicates = models.CharField(max_length=10, choices=Duplicates.choices, default=Duplicates.SKIP)
    total = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    report = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True)
    begun_at = models.DateTimeField(null=True)

    row_type = "import"
    unrecorded = Row.unrecorded | {"content", "report", "begun_at"}
    member_id: int | None

    class Meta:
        app_label = "surfaces"
        indexes = [models.Index(fields=["member", "-id"], name="import_member")]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="import_state")]
