"""Performance shares (B15)."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

MEMBER = {"db_index": False, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


class Migration(migrations.Migration):
    """Splits with their shares."""

    dependencies = [
        ("ownership", "0004_period_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Split",
            fields=[
                ("id", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("record_type", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待主管决定"),
                            ("standing", "已生效"),
                            ("declined", "未同意"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="standing",
                        max_length=10,
                    ),
                ),
                ("origin", models.CharField(default="set", max_length=12)),
                ("reason", models.CharField(default="", max_length=200)),
                ("answer", models.CharField(default="", max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("asked_by", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **MEMBER)),
                ("decided_by", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **MEMBER)),
            ],
            options={
                "indexes": [models.Index(fields=["record_id", "-id"], name="split_record")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("record_id",), name="split_one_proposed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "standing", "declined", "withdrawn"])),
                        name="split_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("member", models.ForeignKey(null=True, to=settings.AUTH_USER_MODEL, **MEMBER)),
                (
                    "split",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="ownership.split"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("member__isnull", False)), fields=["member"], name="share_member")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("split", "member"), name="share_once", nulls_distinct=False),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 100)), name="share_percent"
                    ),
                ],
            },
        ),
    ]
