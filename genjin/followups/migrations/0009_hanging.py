"""Follow-ups may hang on leads, before there is a customer, and on opportunities."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("followups", "0008_totals_index"), ("plans", "0009_hanging")]

    operations = [
        migrations.AddField("followup", "lead_id", models.BigIntegerField(null=True)),
        migrations.AddField("followup", "opportunity_id", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "followup",
            "customer",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddIndex(
            "followup",
            models.Index(
                fields=["lead_id", "-occurred_at", "-id"],
                name="followup_lead",
                condition=models.Q(lead_id__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "followup",
            models.Index(
                fields=["opportunity_id", "-occurred_at", "-id"],
                name="followup_opportunity",
                condition=models.Q(opportunity_id__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "followup",
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(lead_id__isnull=False), name="followup_hangs"
            ),
        ),
    ]
