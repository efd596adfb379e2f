import django.db.models.deletion
from django.db import migrations, models

KEEP = """
UPDATE customers_customer AS r SET taken_from_id = came.pool_id
  FROM (
        SELECT DISTINCT ON (lay.record_id) lay.record_id, lay.pool_id
          FROM ownership_period AS lay
         WHERE lay.record_type = 'customer' AND lay.pool_id IS NOT NULL AND lay.until IS NOT NULL
           AND NOT EXISTS (
               SELECT FROM ownership_period AS after
                WHERE after.record_id = lay.record_id AND after.id > lay.id AND after.since = lay.until
                  AND after.rule = 'undone' AND after.owner_id IS NOT NULL
           )
         ORDER BY lay.record_id, lay.id DESC
       ) AS came
 WHERE came.record_id = r.id AND r.pool_id IS NULL AND r.owner_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """Out of which pool a customer came (B4 P3), as the ledger tells."""

    dependencies = [
        ('customers', '0012_had_and_untouched'),
        ('ownership', '0006_share_ids'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='taken_from',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ownership.pool'),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('taken_from__isnull', False)), fields=['taken_from', 'owner'], name='customer_taken'),
        ),
    ]
