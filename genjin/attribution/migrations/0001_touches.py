"""The database keeps the first and the last touch of each lead and opportunity, whichever way a row is written: by an
action, a conversion, a merge, an import. What counts as a touch stands here and in the words of the page alone.
"""

from django.db import migrations

RESTATED = """
    SELECT (array_agg(campaign_id ORDER BY at, id))[1], (array_agg(campaign_id ORDER BY at DESC, id DESC))[1]
    INTO NEW.first_campaign_id, NEW.last_campaign_id
    FROM ({touches}) AS touches
"""
OF_LEAD = """
    SELECT NEW.campaign_id AS campaign_id, NEW.created_at AS at, 0 AS id WHERE NEW.campaign_id IS NOT NULL
    UNION ALL
    SELECT campaign_id, touched_at, id FROM campaigns_touch WHERE lead_id = NEW.id AND life = 0
"""
OF_OPPORTUNITY = """
    WITH known AS (
        SELECT campaign_id, created_at AS at, id FROM leads_lead
        WHERE customer_id = NEW.customer_id AND life = 0 AND campaign_id IS NOT NULL
          AND (NEW.closed_on IS NULL OR created_at < NEW.closed_on + interval '1 day')
        UNION ALL
        SELECT campaign_id, touched_at, id FROM campaigns_touch
        WHERE customer_id = NEW.customer_id AND life = 0 AND (NEW.closed_on IS NULL OR touched_on <= NEW.closed_on)
    )
    SELECT * FROM known
    UNION ALL
    -- what its lead brought along is no touch of its own
    SELECT NEW.campaign_id, least(NEW.created_at, NEW.opened_on + interval '1 day'), 0
    WHERE NEW.campaign_id IS NOT NULL AND NEW.campaign_id NOT IN (SELECT campaign_id FROM known)
"""
TRIGGERS = f"""
CREATE FUNCTION attribution_of_lead() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {RESTATED.format(touches=OF_LEAD)};
    RETURN NEW;
END $body$;
CREATE FUNCTION attribution_of_opportunity() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {RESTATED.format(touches=OF_OPPORTUNITY)};
    RETURN NEW;
END $body$;
-- setting a column to itself fires the triggers above, which look again
CREATE FUNCTION attribution_restate(lead bigint, customer bigint) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    IF lead IS NOT NULL THEN
        UPDATE leads_lead SET campaign_id = campaign_id WHERE id = lead;
    END IF;
    IF customer IS NOT NULL THEN
        UPDATE opportunities_opportunity SET campaign_id = campaign_id WHERE customer_id = customer;
    END IF;
END $body$;
CREATE FUNCTION attribution_of_touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM attribution_restate(OLD.lead_id, OLD.customer_id); END IF;
    IF TG_OP = 'INSERT' THEN PERFORM attribution_restate(NEW.lead_id, NEW.customer_id); END IF;
    IF TG_OP = 'UPDATE' AND (NEW.lead_id, NEW.customer_id) IS DISTINCT FROM (OLD.lead_id, OLD.customer_id) THEN
        PERFORM attribution_restate(NEW.lead_id, NEW.customer_id);
    END IF;
    RETURN NULL;
END $body$;
CREATE FUNCTION attribution_of_converted() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM attribution_restate(NULL, OLD.customer_id);
    IF NEW.customer_id IS DISTINCT FROM OLD.customer_id THEN
        PERFORM attribution_restate(NULL, NEW.customer_id);
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER attribution_lead_insert BEFORE INSERT ON leads_lead
    FOR EACH ROW WHEN (NEW.campaign_id IS NOT NULL) EXECUTE FUNCTION attribution_of_lead();
CREATE TRIGGER attribution_lead_update BEFORE UPDATE OF campaign_id ON leads_lead
    FOR EACH ROW EXECUTE FUNCTION attribution_of_lead();
CREATE TRIGGER attribution_lead_converted AFTER UPDATE OF customer_id, campaign_id, life ON leads_lead
    FOR EACH ROW WHEN (
        (OLD.campaign_id IS NOT NULL OR NEW.campaign_id IS NOT NULL)
        AND (OLD.customer_id, OLD.campaign_id, OLD.life) IS DISTINCT FROM (NEW.customer_id, NEW.campaign_id, NEW.life)
    ) EXECUTE FUNCTION attribution_of_converted();
CREATE TRIGGER attribution_opportunity BEFORE INSERT OR UPDATE OF campaign_id, customer_id, opened_on, closed_on
    ON opportunities_opportunity FOR EACH ROW EXECUTE FUNCTION attribution_of_opportunity();
CREATE TRIGGER attribution_touch_made AFTER INSERT OR DELETE ON campaigns_touch
    FOR EACH ROW EXECUTE FUNCTION attribution_of_touch();
CREATE TRIGGER attribution_touch_changed
    AFTER UPDATE OF campaign_id, customer_id, lead_id, life, touched_at ON campaigns_touch
    FOR EACH ROW EXECUTE FUNCTION attribution_of_touch();
"""
NO_TRIGGERS = """
DROP TRIGGER attribution_touch_changed ON campaigns_touch;
DROP TRIGGER attribution_touch_made ON campaigns_touch;
DROP TRIGGER attribution_opportunity ON opportunities_opportunity;
DROP TRIGGER attribution_lead_converted ON leads_lead;
DROP TRIGGER attribution_lead_update ON leads_lead;
DROP TRIGGER attribution_lead_insert ON leads_lead;
DROP FUNCTION attribution_of_converted();
DROP FUNCTION attribution_of_touch();
DROP FUNCTION attribution_restate(bigint, bigint);
DROP FUNCTION attribution_of_opportunity();
DROP FUNCTION attribution_of_lead();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0001_initial"),
        ("leads", "0002_campaigns"),
        ("opportunities", "0003_campaigns"),
    ]

    operations = [migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]
