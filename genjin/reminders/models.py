"""Tables of reminders: what the company's channels are, what a member chose, and each message's way out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from genjin.kernel.models.events import Notification
from genjin.kernel.models.rows import Row


class Channel(models.TextChoices):
    """The ways out of the product. The inbox is none of them: it has every message."""

    MAIL = "mail", _("邮件")
    ROBOT = "robot", _("群机器人")
    PUSH = "push", _("浏览器推送")


class MailMode(models.TextChoices):
    """What becomes of mails."""

    OFF = "off", _("不发送")
    SMTP = "smtp", _("通过邮件服务器发送")
    KEPT = "kept", _("只保存在本机，不发出（演示、试用）")


class Security(models.TextChoices):
    """How the connection to a mail server is protected."""

    TLS = "tls", _("SSL/TLS（通常是 465 端口）")
    STARTTLS = "starttls", _("STARTTLS（通常是 587 端口）")
    PLAIN = "plain", _("不加密（仅限内网）")


class Provider(models.TextChoices):
    """Whose group robots."""

    WECOM = "wecom", _("企业微信")
    DINGTALK = "dingtalk", _("钉钉")
    FEISHU = "feishu", _("飞书")


class MailServer(Row):
    """The company's one mail server; until it is set, the one of the environment (GENJIN_SMTP_URL) is used."""

    mode = models.CharField(max_length=8, choices=MailMode.choices, default=MailMode.OFF)
    host = models.CharField(max_length=200, default="")
    port = models.IntegerField(default=465)
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    user = models.CharField(max_length=200, default="")
    sender = models.CharField(max_length=200, default="")
    locked = models.BinaryField(default=b"")
    hint = models.CharField(max_length=4, default="")

    row_type = "mail_server"


class Robot(Row):
    """A robot in one group chat, for a department (with those below it) or the whole company. `named`: its messages may
    carry names of records; a group is no member, so without it they tell numbers only."""

    provider = models.CharField(max_length=10, choices=Provider.choices)
    name = models.CharField(max_length=60)
    department = models.ForeignKey("org.Department", null=True, on_delete=models.PROTECT, related_name="+")
    locked = models.BinaryField(default=b"")
    hint = models.CharField(max_length=4, default="")
    named = models.BooleanField(default=False)
    digest_at = models.CharField(max_length=5, default="")
    on = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True)

    row_type = "robot"
    department_id: int | None


class PushService(Row):
    """Whether the company uses Web Push, and the pair of keys (VAPID) made at its first use."""

    on = models.BooleanField(default=False)
    public_key = models.CharField(max_length=100, default="")
    locked = models.BinaryField(default=b"")

    row_type = "push_service"


class Device(Row):
    """A browser that a member lets receive pushes."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.TextField()
    endpoint_hash = models.CharField(max_length=64, unique=True)
    public_key = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    agent = models.CharField(max_length=200, default="")
    used_at = models.DateTimeField(null=True)

    row_type = "device"
    unrecorded = Row.unrecorded | {"endpoint", "endpoint_hash", "public_key", "secret", "used_at"}
    member_id: int


class ReminderChoice(Row):
    """What a member chose; without a row the defaults of `rules` hold. `kinds`: {kind: {channel: bool}}, only where it
    differs from the default. Times are `HH:MM` in the member's zone."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kinds = models.JSONField(default=dict)
    quiet = models.BooleanField(default=False)
    quiet_from = models.CharField(max_length=5, default="21:00")
    quiet_until = models.CharField(max_length=5, default="08:00")
    quiet_off_days = models.BooleanField(default=True)
    digest_at = models.CharField(max_length=5, default="08:30")
    digest_off_days = models.BooleanField(default=False)

    row_type = "reminder_choice"
    member_id: int


class Delivery(models.Model):
    """One message on its way out by one channel to one target: a robot, a device, or a member's address (target 0).

    It is held by a worker (`batch`, until `lease`), then called: after that nobody knows whether it arrived until the
    other side's answer is written down. Only what was not yet called, or may be repeated unnoticed, is tried again.
    """

    class What(models.TextChoices):
        """What is delivered."""

        NOTICE = "notice", _("消息")
        DIGEST = "digest", _("早间摘要")
        TEST = "test", _("测试消息")

    class State(models.TextChoices):
        """Where it is."""

        WAITING = "waiting", _("等待发送")
        HELD = "held", _("准备发送")
        CALLING = "calling", _("正在发送")
        SENT = "sent", _("已发送")
        UNSURE = "unsure", _("不确定是否送达")
        SKIPPED = "skipped", _("不需要发送")
        FAILED = "failed", _("发送失败")

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=8, choices=What.choices, default=What.NOTICE)
    notification = models.ForeignKey(
        Notification, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField(null=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    target = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    lease = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True)
    answer = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    member_id: int | None
    notification_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], condition=models.Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["lease"], condition=models.Q(state__in=["held", "calling"]), name="delivery_lease"),
            models.Index(fields=["-id"], condition=models.Q(state__in=["failed", "unsure"]), name="delivery_trouble"),
            models.Index(fields=["member", "channel", "-sent_at"], name="delivery_last"),
            models.Index(fields=["made_at"], name="delivery_made"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "target"],
                condition=models.Q(what="notice"),
                name="delivery_notice_once",
            ),
            models.UniqueConstraint(
                fields=["day", "channel", "target", "member"],
                condition=models.Q(what="digest"),
                nulls_distinct=False,
                name="delivery_digest_once",
            ),
        ]


class KeptMail(models.Model):
    """A mail that was kept here instead of sent (MailMode.KEPT); administrators can read it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    sent_to = models.CharField(max_length=400)
    subject = models.CharField(max_length=400)
    body = models.TextField()
