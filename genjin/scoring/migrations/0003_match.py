"""The match of a score has an order of its own: at pools it is all that is known of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_beside")]

    operations = [
        migrations.AddIndex(
            model_name="leadscore",
            index=models.Index(fields=["match", "row"], name="lead_score_match"),
        ),
        migrations.AddIndex(
            model_name="opportunityscore",
            index=models.Index(fields=["match", "row"], name="opportunity_score_match"),
        ),
    ]
