"""Places in teams are read by member and type from their index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ownership", "0006_share_ids")]

    operations = [
        migrations.RemoveIndex(model_name="teammate", name="teammate_member"),
        migrations.AddIndex(
            model_name="teammate",
            index=models.Index(
                fields=["member", "record_type", "record_id"], include=["expires_at"], name="teammate_member"
            ),
        ),
    ]
