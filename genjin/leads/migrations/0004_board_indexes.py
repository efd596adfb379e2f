"""The columns of the board are read in their order from indexes alone: of all, of an owner, of a department."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_had_and_untouched")]

    operations = [
        migrations.RemoveIndex(model_name="lead", name="lead_state"),
        migrations.RemoveIndex(model_name="lead", name="lead_owner_state"),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["state", "id"], include=["life", "owner", "department"], name="lead_state"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["owner", "state", "id"], include=["life"], name="lead_owner_state"),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["department", "state", "id"], include=["life"], name="lead_department_state"),
        ),
    ]
