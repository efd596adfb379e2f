"""Every lead and every opportunity has a row for its score, from the statement on that makes it; those that are there
get theirs now and are counted by the minute's work. What the ledger told before is not read again."""

from django.db import migrations

TABLES = (("scoring_leadscore", "leads_lead"), ("scoring_opportunityscore", "opportunities_opportunity"))
DUE = "DATE '2000-01-01'"
TRIGGER = """
CREATE FUNCTION {scores}_beside() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO {scores} (row_id, due_on) SELECT id, {due} FROM new_rows ON CONFLICT DO NOTHING;
    RETURN NULL;
END $body$;
CREATE TRIGGER {scores}_insert AFTER INSERT ON {rows}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {scores}_beside();
INSERT INTO {scores} (row_id, due_on) SELECT id, {due} FROM {rows} ON CONFLICT DO NOTHING;
"""
NO_TRIGGER = """
DROP TRIGGER {scores}_insert ON {rows};
DROP FUNCTION {scores}_beside();
"""
MARK = """
INSERT INTO kernel_consumer (name, position) SELECT 'scores', max(position) FROM kernel_event HAVING max(position) > 0
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL(
                TRIGGER.format(scores=scores, rows=rows, due=DUE), NO_TRIGGER.format(scores=scores, rows=rows)
            )
            for scores, rows in TABLES
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
