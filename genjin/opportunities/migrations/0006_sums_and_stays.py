"""Totals of open opportunities without months, a mark on stays in a stage that was entered before, and what stalls by
department."""

from django.db import migrations, models

KEY = "stage, owner, department"
FILL = f"""
INSERT INTO opportunities_opensum ({KEY}, opportunities, amount, weighted)
SELECT {KEY}, sum(opportunities), sum(amount), sum(weighted) FROM opportunities_opentotal GROUP BY {KEY}
"""
MARK = """
UPDATE opportunities_stay SET again = true FROM (
    SELECT id, row_number() OVER (PARTITION BY opportunity_id, stage ORDER BY id) AS number FROM opportunities_stay
) AS numbered WHERE numbered.id = opportunities_stay.id AND number > 1
"""


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0005_open_expected")]

    operations = [
        migrations.CreateModel(
            name="OpenSum",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stage", models.CharField(max_length=20)),
                ("owner", models.BigIntegerField()),
                ("department", models.BigIntegerField()),
                ("opportunities", models.IntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=20)),
                ("weighted", models.DecimalField(decimal_places=2, max_digits=20)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("opportunities", 0)), fields=["id"], name="open_sum_none")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stage", "owner", "department"),
                        include=("opportunities", "amount", "weighted"),
                        name="open_sum_group",
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField(model_name="stay", name="again", field=models.BooleanField(default=False)),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                fields=["department", "stalls_on"],
                condition=models.Q(outcome="open", life=0),
                name="opportunity_dept_stalls",
            ),
        ),
    ]
