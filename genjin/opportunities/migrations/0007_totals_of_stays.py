"""Totals of stays in stages, the triggers that append to them what a statement changed, and those of what is there."""

from django.db import migrations, models

KEY = "pipeline, month, owner, department, stage"
NUMBERS = "entered, inside, seconds"
SUMS = "sum(entered), sum(inside), sum(seconds)"
GROUP = """
    o.pipeline, date_trunc('month', o.opened_on)::date AS month, coalesce(o.owner_id, 0) AS owner,
    coalesce(o.department_id, 0) AS department"""
KEPT = "o.life = 0 AND o.outcome <> 'invalid'"
COUNTED = f"""
    SELECT {GROUP}, s.stage, {{sign}} * (NOT s.again)::int AS entered, {{sign}} * (s.left_at IS NULL)::int AS inside,
           {{sign}} * (coalesce(floor(extract(epoch FROM s.left_at)), 0)
                       - floor(extract(epoch FROM s.entered_at)))::bigint AS seconds
    FROM {{stays}} AS s JOIN {{opportunities}} AS o ON o.id = s.opportunity_id WHERE {KEPT}
"""
APPEND = f"""
    INSERT INTO opportunities_staydelta ({KEY}, {NUMBERS})
    SELECT {KEY}, {SUMS} FROM ({{rows}}) AS changed GROUP BY {KEY}
    HAVING sum(entered) <> 0 OR sum(inside) <> 0 OR sum(seconds) <> 0;
"""
STAYS, OPPORTUNITIES = "opportunities_stay", "opportunities_opportunity"
ADDED = COUNTED.format(sign="1", stays="new_rows", opportunities=OPPORTUNITIES)
TAKEN = COUNTED.format(sign="-1", stays="old_rows", opportunities=OPPORTUNITIES)
COME = COUNTED.format(sign="1", stays=STAYS, opportunities="new_rows")
GONE = COUNTED.format(sign="-1", stays=STAYS, opportunities="old_rows")
ROW = f"({KEPT}, o.pipeline, date_trunc('month', o.opened_on), o.owner_id, o.department_id)"
# most changes of opportunities move nothing here: only those that do are joined with their stays
MOVED = f"""
    o.id IN (
        SELECT o.id FROM new_rows AS o JOIN old_rows AS p USING (id)
        WHERE {ROW} IS DISTINCT FROM {ROW.replace("o.", "p.")}
    )
"""
MOVES = f"{COME} AND {MOVED} UNION ALL {GONE} AND {MOVED}"


def _function(name: str, added: str, both: str, taken: str) -> str:
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN {APPEND.format(rows=added)}
    ELSIF TG_OP = 'UPDATE' THEN {APPEND.format(rows=both)}
    ELSE {APPEND.format(rows=taken)}
    END IF;
    RETURN NULL;
END $body$;
"""


def _triggers(name: str, table: str, function: str) -> str:
    return f"""
CREATE TRIGGER {name}_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER {name}_update AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER {name}_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""


def _no_triggers(name: str, table: str, function: str) -> str:
    dropped = "".join(f"DROP TRIGGER {name}_{when} ON {table};\n" for when in ("insert", "update", "delete"))
    return f"{dropped}DROP FUNCTION {function}();\n"


OF_STAYS = ("stays_totals", STAYS, "opportunities_append_stays")
OF_OPPORTUNITIES = ("opportunities_stay_totals", OPPORTUNITIES, "opportunities_move_stays")
MAKE = (
    _function(OF_STAYS[2], ADDED, f"{ADDED} UNION ALL {TAKEN}", TAKEN)
    + _triggers(*OF_STAYS)
    + _function(OF_OPPORTUNITIES[2], COME, MOVES, GONE)
    + _triggers(*OF_OPPORTUNITIES)
)
FILL = f"""
    INSERT INTO opportunities_staytotal ({KEY}, {NUMBERS})
    SELECT {KEY}, {SUMS} FROM ({COUNTED.format(sign="1", stays=STAYS, opportunities=OPPORTUNITIES)}) AS counted
    GROUP BY {KEY}
"""
COLUMNS = [
    ("id", models.BigAutoField(primary_key=True, serialize=False)),
    ("pipeline", models.CharField(max_length=20)),
    ("month", models.DateField()),
    ("owner", models.BigIntegerField()),
    ("department", models.BigIntegerField()),
    ("stage", models.CharField(max_length=20)),
    ("entered", models.IntegerField()),
    ("inside", models.IntegerField()),
    ("seconds", models.BigIntegerField()),
]


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0006_sums_and_stays")]

    operations = [
        migrations.CreateModel(name="StayDelta", fields=[*COLUMNS], options={"abstract": False}),
        migrations.CreateModel(
            name="StayTotal",
            fields=[(name, field.clone()) for name, field in COLUMNS],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("entered", 0), ("inside", 0)), fields=["id"], name="stay_total_none")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pipeline", "month", "owner", "department", "stage"),
                        include=("entered", "inside", "seconds"),
                        name="stay_total_group",
                    )
                ],
            },
        ),
        migrations.RemoveIndex(model_name="stay", name="stay_opportunity"),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(
                fields=["opportunity", "id"],
                include=("stage", "entered_at", "left_at", "again"),
                name="stay_of_opportunity",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(MAKE, _no_triggers(*OF_STAYS) + _no_triggers(*OF_OPPORTUNITIES)),
    ]
