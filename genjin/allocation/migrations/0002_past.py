"""What the past says to schemes by fit is kept, so that no allocation adds up all records."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('allocation', '0001_allocation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Past',
            fields=[
                ('scheme', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='allocation.scheme')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('traits', models.JSONField(default=list)),
                ('members', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='PastCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alike', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('tallies', models.JSONField(default=dict)),
                ('scheme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='allocation.scheme')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scheme', 'alike'), name='allocation_past_cell_once')],
            },
        ),
    ]
