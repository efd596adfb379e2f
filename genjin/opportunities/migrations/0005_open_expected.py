"""Open opportunities by their expected day, with what the forecast adds up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0004_key_facts")]

    operations = [
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                fields=["expected_on", "id", "department", "owner"],
                name="opportunity_open_expected",
                condition=models.Q(outcome="open", life=0),
                include=["pipeline", "category", "source", "amount", "weighted"],
            ),
        ),
    ]
