"""Since when each customer has its owner: the beginning of its open period."""

from django.db import migrations

SINCE = """
UPDATE customers_customer AS customer SET owner_since = period.since
  FROM ownership_period AS period
 WHERE period.record_id = customer.id AND period.until IS NULL AND customer.owner_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_standing"), ("ownership", "0002_pools")]
    operations = [migrations.RunSQL(SINCE, migrations.RunSQL.noop)]
