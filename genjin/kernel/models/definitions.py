"""Tables of what a company adds to record types: its own fields, and how forms and facts are laid out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from genjin.kernel.models.rows import Row


class FieldState(models.TextChoices):
    """A field of their own is never lost: retired ones keep their values and can come back."""

    LIVE = "live", _("使用中")
    RETIRED = "retired", _("已停用")
    CONVERTING = "converting", _("正在转换")
    LEAVING = "leaving", _("正在删除")


class IndexState(models.TextChoices):
    """Whether the database can sort and filter by a field without reading all rows."""

    NONE = "", _("无索引")
    BUILDING = "building", _("建立中")
    READY = "ready", _("已建立")
    FAILED = "failed", _("建立失败")


class OwnField(Row):
    """A field that a company added to a record type. `key` never changes: values are kept under it (`Record.custom`).

    facts: what its kind needs ({"unit": "台", "places": 2, "least": 0, "to": "customer", "pattern": …});
    pending: what a job is about ({"kind", "facts", "after": the id it has come to} of a change of kind).
    required_when, shown_when: conditions (`kernel.conditions`), null: always as `required` says, always shown.
    """

    record_type = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=40)
    english = models.CharField(max_length=60, default="")
    help = models.CharField(max_length=200, default="")
    section = models.CharField(max_length=40, default="")
    order = models.IntegerField(default=0)
    required = models.BooleanField(default=False)
    required_when = models.JSONField(null=True)
    shown_when = models.JSONField(null=True)
    unique = models.BooleanField(default=False)
    searched = models.BooleanField(default=False)
    in_list = models.BooleanField(default=False)
    width = models.IntegerField(default=0)
    sensitivity = models.CharField(max_length=10, default="internal")
    default = models.JSONField(null=True)
    facts = models.JSONField(default=dict)
    pending = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=FieldState.choices, default=FieldState.LIVE)
    index = models.CharField(max_length=10, choices=IndexState.choices, default=IndexState.NONE, blank=True)

    row_type = "own_field"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "key"], name="own_field_key_once")]


class Layout(Row):
    """How the forms and facts of a record type are laid out; absent: as declared.

    sections: [{"key", "label", "english", "fields": [field keys], "shown_when": condition or null}] in order; a field
    that no section names stands where it is declared. overlays: {field key: {"label", "english", "help", "required",
    "in_list", "off"}} for declared fields. quick: keys of the short form, [] as declared.
    """

    record_type = models.CharField(max_length=40, unique=True)
    sections = models.JSONField(default=list)
    overlays = models.JSONField(default=dict)
    quick = models.JSONField(default=list)

    row_type = "layout"
