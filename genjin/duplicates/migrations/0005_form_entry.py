"""Rules that a company saved before there were public forms do there what they do where people enter records."""

from django.db import migrations


def as_created(apps, _schema):
    rules = apps.get_model("duplicates", "DuplicateRule")
    for rule in rules.objects.all():
        if "form" not in rule.effects and "create" in rule.effects:
            rule.effects = rule.effects | {"form": rule.effects["create"]}
            rule.save(update_fields=["effects"])


class Migration(migrations.Migration):
    dependencies = [("duplicates", "0004_risks")]

    operations = [migrations.RunPython(as_created, migrations.RunPython.noop)]
