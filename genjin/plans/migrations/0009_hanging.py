"""Plans may hang on leads and opportunities."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("plans", "0008_merged_quickly")]

    operations = [
        migrations.AddField("plan", "lead_id", models.BigIntegerField(null=True)),
        migrations.AddField("plan", "opportunity_id", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "plan",
            models.Index(
                fields=["lead_id", "starts_at", "id"], name="plan_lead", condition=models.Q(lead_id__isnull=False)
            ),
        ),
        migrations.AddIndex(
            "plan",
            models.Index(
                fields=["opportunity_id", "starts_at", "id"],
                name="plan_opportunity",
                condition=models.Q(opportunity_id__isnull=False),
            ),
        ),
    ]
