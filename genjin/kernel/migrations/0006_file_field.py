from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0005_pending_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="field",
            field=models.CharField(default="", max_length=40),
        ),
    ]
