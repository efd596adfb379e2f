"""The trigger that appends to the totals what a statement changed, and the first count of what is there."""

from django.db import migrations

KEY = "author, author_name, owner, department, method"
NUMBERS = "followups, effective, counted, on_time"
COUNTED = """
    SELECT (occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           coalesce(author_id, 0) AS author, author_name, coalesce(owner_id, 0) AS owner,
           coalesce(department_id, 0) AS department, method,
           {sign} AS followups, {sign} * effective::int AS effective,
           {sign} * (late_hours IS NOT NULL)::int AS counted, {sign} * coalesce(late_hours = 0, false)::int AS on_time
    FROM {rows} WHERE life = 0
"""
APPEND = f"""
    INSERT INTO followups_totaldelta (day, {KEY}, {NUMBERS})
    SELECT day, {KEY}, sum(followups), sum(effective), sum(counted), sum(on_time)
    FROM ({{rows}}) AS changed
    GROUP BY day, {KEY}
    HAVING sum(followups) <> 0 OR sum(effective) <> 0 OR sum(counted) <> 0 OR sum(on_time) <> 0;
"""
ADDED = COUNTED.format(sign="1", rows="new_rows")
TAKEN = COUNTED.format(sign="-1", rows="old_rows")
TRIGGER = f"""
CREATE FUNCTION followups_append_totals() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN {APPEND.format(rows=ADDED)}
    ELSIF TG_OP = 'UPDATE' THEN {APPEND.format(rows=f"{ADDED} UNION ALL {TAKEN}")}
    ELSE {APPEND.format(rows=TAKEN)}
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER followups_totals_insert AFTER INSERT ON followups_followup
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION followups_append_totals();
CREATE TRIGGER followups_totals_update AFTER UPDATE ON followups_followup
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION followups_append_totals();
CREATE TRIGGER followups_totals_delete AFTER DELETE ON followups_followup
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION followups_append_totals();
"""
NO_TRIGGER = """
DROP TRIGGER followups_totals_insert ON followups_followup;
DROP TRIGGER followups_totals_update ON followups_followup;
DROP TRIGGER followups_totals_delete ON followups_followup;
DROP FUNCTION followups_append_totals();
"""


class Migration(migrations.Migration):
    dependencies = [("followups", "0005_totals")]

    operations = [
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
        migrations.RunSQL(
            APPEND.format(rows=COUNTED.format(sign="1", rows="followups_followup")), migrations.RunSQL.noop
        ),
    ]
