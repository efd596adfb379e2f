"""Tables of imports: one uploaded file, its rows as read and checked, what each brought, remembered shapes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from genjin.kernel.models.rows import Row
from genjin.kernel.moves import Moves

COMPARED = "compared"
LONGEST_WHY = 260


class State(models.TextChoices):
    """How far an import is."""

    UPLOADED = "uploaded", gettext_lazy("待设置")
    CHECKING = "checking", gettext_lazy("校验中")
    CHECKED = "checked", gettext_lazy("待确认")
    RUNNING = "running", gettext_lazy("导入中")
    PAUSED = "paused", gettext_lazy("已暂停")
    DONE = "done", gettext_lazy("已完成")
    CANCELLED = "cancelled", gettext_lazy("已取消")
    UNDOING = "undoing", gettext_lazy("撤销中")
    UNDONE = "undone", gettext_lazy("已撤销")


MOVES = Moves(
    name="import",
    attribute="state",
    states=State,
    table={
        State.UPLOADED: frozenset({State.CHECKING, State.CANCELLED}),
        State.CHECKING: frozenset({State.CHECKED, State.UPLOADED, State.CANCELLED}),
        State.CHECKED: frozenset({State.UPLOADED, State.CHECKING, State.RUNNING, State.CANCELLED}),
        State.RUNNING: frozenset({State.PAUSED, State.DONE, State.CANCELLED}),
        State.PAUSED: frozenset({State.RUNNING, State.CANCELLED}),
        State.DONE: frozenset({State.UNDOING}),
        State.CANCELLED: frozenset({State.UNDOING}),
        State.UNDOING: frozenset({State.UNDONE}),
        State.UNDONE: frozenset(),
    },
    words={
        State.DONE: gettext_lazy("这个文件已经导入过了，请重新上传"),
        State.CANCELLED: gettext_lazy("这次导入已经取消，请重新上传"),
        State.UNDONE: gettext_lazy("这次导入已经撤销，请重新上传"),
    },
)
AT_WORK = (State.CHECKING, State.RUNNING, State.UNDOING)
OVER = (State.DONE, State.CANCELLED, State.UNDONE)


class RowState(models.IntegerChoices):
    """What is to become, or became, of one row."""

    READY = 0, gettext_lazy("可导入")
    BAD = 1, gettext_lazy("有错误")
    DUPLICATE = 2, gettext_lazy("疑似重复")
    SKIPPED = 3, gettext_lazy("跳过")
    BROUGHT = 4, gettext_lazy("已导入")
    FAILED = 5, gettext_lazy("未导入")


class Why(models.TextChoices):
    """By what a row is a possible duplicate (B3); with `FILE_` of an earlier row of the same file."""

    CODE = "external_code", gettext_lazy("编号相同")
    CREDIT_CODE = "credit_code", gettext_lazy("统一社会信用代码相同")
    NAME = "name", gettext_lazy("名称相同")
    PHONE = "phone", gettext_lazy("电话相同")
    SIMILAR = "similar", gettext_lazy("名称相近")
    HIDDEN = "hidden", gettext_lazy("同事的客户，或在回收站里")
    SAME = "same_record", gettext_lazy("编号相同，已经在系统里")
    FILE_SAME = "file_same_record", gettext_lazy("与文件里前面一行的编号相同")
    FILE_CREDIT_CODE = "file_credit_code", gettext_lazy("与文件里前面一行的统一社会信用代码相同")
    FILE_PHONE = "file_phone", gettext_lazy("与文件里前面一行的电话相同")
    FILE_SIMILAR = "file_similar", gettext_lazy("与文件里前面一行的名称相近")


class Decision(models.TextChoices):
    """What to do with a possible duplicate."""

    SKIP = "skip", gettext_lazy("跳过，不导入")
    ATTACH = "attach", gettext_lazy("联系人和跟进补到已有客户")
    FILL = "fill", gettext_lazy("只填已有客户的空白项")
    OVERWRITE = "overwrite", gettext_lazy("用表里的内容覆盖")
    CREATE = "create", gettext_lazy("仍然新建")


class Import(Row):
    """One file brought in by one member. The file lies in the data folder until it is swept (`stored_as` empty then).

    `layout`, `rules`, `policy`: how the sheet is read, what its columns mean, what becomes of duplicates (see
    `settings`). `position`: the number of the last row that was run (or taken back). `counts`: {customers, contacts,
    followups, …: made; changed, skipped, refused, taken_back, kept}. `words`: why it stopped. `clock`: {checking,
    running, undoing: seconds at work, checked_at}. `stamp`: at which its rows were checked.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, default="customers")
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, default="")
    size = models.BigIntegerField(default=0)
    stored_as = models.CharField(max_length=200, default="")
    sheet = models.CharField(max_length=200, default="")
    layout = models.JSONField(default=dict)
    rules = models.JSONField(default=list)
    policy = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    total = models.IntegerField(default=0)
    position = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    clock = models.JSONField(default=dict)
    words = models.TextField(default="")
    stamp = models.BigIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    row_type = "import"
    unrecorded = Row.unrecorded | {"begun_at", "layout", "counts", "clock"}
    member_id: int | None

    class Meta:
        app_label = "surfaces"
        indexes = [models.Index(fields=["member", "-id"], name="import_member")]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="import_state")]


class ImportRow(models.Model):
    """One row of the file, numbered as the sheet shows it.

    `cells`: as read (JSON). `fixes`: {column index: text written over it}. `values`: {part: {field: parsed value as
    JSON}}. `problems`: [[column index or -1, words, suggestion, blocking], …]; of those that comparing found the fifth
    is COMPARED. `keys`: {field: normal form} of what it is compared by, beside the columns of customers.
    `duplicate_why`: a key (`whys`), `alike`: how sure, in percent, `told`: what is said of a record out of sight.
    `follows`: the earlier row that brings the same customer. `duplicate_of`: the customer that is there already (0 when
    the actor may not see it), `duplicate_row`: the earlier row it looks like. `decision` '' leaves it to the policy.
    """

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch_id = models.BigIntegerField()
    number = models.IntegerField()
    state = models.SmallIntegerField(choices=RowState.choices, default=RowState.READY)
    cells = models.JSONField(default=list)
    fixes = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    title = models.CharField(max_length=200, default="")
    name_key = models.CharField(max_length=200, default="")
    fuzzy_key = models.CharField(max_length=200, default="")
    phone = models.CharField(max_length=40, default="")
    credit_code = models.CharField(max_length=18, default="")
    external_code = models.CharField(max_length=60, default="")
    code = models.CharField(max_length=40, default="")
    follows = models.IntegerField(null=True)
    duplicate_of = models.BigIntegerField(null=True)
    duplicate_row = models.IntegerField(null=True)
    duplicate_why = models.CharField(max_length=LONGEST_WHY, default="")
    decision = models.CharField(max_length=10, default="")
    alike = models.SmallIntegerField(null=True)
    keys = models.JSONField(default=dict, db_default={})
    told = models.TextField(default="", db_default="")

    class Meta:
        app_label = "surfaces"
        indexes = [
            models.Index(
                fields=["batch_id", "state", "number"],
                name="import_row_state",
                condition=models.Q(state__gt=RowState.READY),
            )
        ]


class ImportNear(models.Model):
    """Names of a file that are alike to another one (`other`), or to that of a record: by their exact normal forms."""

    id = models.BigAutoField(primary_key=True)
    batch_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    other = models.CharField(max_length=200, default="")
    record_id = models.BigIntegerField(null=True)
    percent = models.SmallIntegerField()

    class Meta:
        app_label = "surfaces"
        indexes = [models.Index(fields=["batch_id", "key"], name="import_near")]


class Brought(models.Model):
    """One record that a row brought: made, changed, or (a customer that was there) only used. `version`: as the import
    left it. `kept`: why it was not taken back. Written with the records themselves."""

    id = models.BigAutoField(primary_key=True)
    batch_id = models.BigIntegerField()
    number = models.IntegerField()
    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    version = models.IntegerField()
    verb = models.CharField(max_length=8)  # made | changed | used
    kept = models.CharField(max_length=200, default="")

    class Meta:
        app_label = "surfaces"
        indexes = [models.Index(fields=["batch_id", "number"], name="import_brought")]


class ImportShape(models.Model):
    """How columns under these headings were matched last and what was decided, by member; the newest of the company
    serves the others."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    rules = models.JSONField(default=list)
    policy = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)

    member_id: int | None

    class Meta:
        app_label = "surfaces"
        indexes = [models.Index(fields=["kind", "digest", "-used_at"], name="import_shape")]
        constraints = [models.UniqueConstraint(fields=["member", "kind", "digest"], name="import_shape_once")]
