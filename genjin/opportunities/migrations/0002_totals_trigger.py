"""The trigger that appends to the totals what a statement changed."""

from django.db import migrations

KEY = "stage, owner, department, month"
NUMBERS = "opportunities, amount, weighted"
COUNTED = """
    SELECT stage, coalesce(owner_id, 0) AS owner, coalesce(department_id, 0) AS department,
           date_trunc('month', expected_on)::date AS month, {sign} AS opportunities,
           {sign} * coalesce(amount, 0) AS amount, {sign} * weighted AS weighted
    FROM {rows} WHERE life = 0 AND outcome = 'open'
"""
APPEND = f"""
    INSERT INTO opportunities_opendelta ({KEY}, {NUMBERS})
    SELECT {KEY}, sum(opportunities), sum(amount), sum(weighted)
    FROM ({{rows}}) AS changed
    GROUP BY {KEY}
    HAVING sum(opportunities) <> 0 OR sum(amount) <> 0 OR sum(weighted) <> 0;
"""
ADDED = COUNTED.format(sign="1", rows="new_rows")
TAKEN = COUNTED.format(sign="-1", rows="old_rows")
TRIGGER = f"""
CREATE FUNCTION opportunities_append_totals() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN {APPEND.format(rows=ADDED)}
    ELSIF TG_OP = 'UPDATE' THEN {APPEND.format(rows=f"{ADDED} UNION ALL {TAKEN}")}
    ELSE {APPEND.format(rows=TAKEN)}
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER opportunities_totals_insert AFTER INSERT ON opportunities_opportunity
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION opportunities_append_totals();
CREATE TRIGGER opportunities_totals_update AFTER UPDATE ON opportunities_opportunity
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION opportunities_append_totals();
CREATE TRIGGER opportunities_totals_delete AFTER DELETE ON opportunities_opportunity
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION opportunities_append_totals();
"""
NO_TRIGGER = """
DROP TRIGGER opportunities_totals_insert ON opportunities_opportunity;
DROP TRIGGER opportunities_totals_update ON opportunities_opportunity;
DROP TRIGGER opportunities_totals_delete ON opportunities_opportunity;
DROP FUNCTION opportunities_append_totals();
"""


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_initial")]

    operations = [migrations.RunSQL(TRIGGER, NO_TRIGGER)]
