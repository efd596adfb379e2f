"""Sales clashes (B3)."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

MEMBER = {"db_index": False, "null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


class Migration(migrations.Migration):
    """Cases with their rulings."""

    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Clash",
            fields=[
                ("id", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("record_type", models.CharField(max_length=40)),
                ("earlier_id", models.BigIntegerField()),
                ("later_id", models.BigIntegerField()),
                (
                    "origin",
                    models.CharField(
                        choices=[("created", "新建时发现"), ("imported", "导入时发现"), ("declared", "申报")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待裁定"), ("ruled", "已裁定"), ("withdrawn", "已撤回")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("told", models.BooleanField(default=True)),
                ("shown", models.JSONField(default=list)),
                ("whys", models.JSONField(default=list)),
                ("percent", models.SmallIntegerField(default=0)),
                ("statement", models.CharField(default="", max_length=500)),
                (
                    "ruling",
                    models.CharField(
                        choices=[
                            ("", ""),
                            ("earlier", "归先登记的一方"),
                            ("later", "归后登记的一方"),
                            ("shared", "各自保留，业绩各半"),
                            ("apart", "不是同一家，各自保留"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(default="", max_length=500)),
                ("basis", models.JSONField(default=dict)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **MEMBER)),
                ("earlier_owner", models.ForeignKey(to=settings.AUTH_USER_MODEL, **MEMBER)),
                ("later_owner", models.ForeignKey(to=settings.AUTH_USER_MODEL, **MEMBER)),
                ("opened_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **MEMBER)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["earlier_id", "-id"], name="clash_earlier"),
                    models.Index(fields=["later_id", "-id"], name="clash_later"),
                    models.Index(fields=["state", "-id"], name="clash_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("earlier_id", "later_id"), name="clash_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("earlier_id__lt", models.F("later_id"))), name="clash_in_order"
                    ),
                ],
            },
        ),
    ]
