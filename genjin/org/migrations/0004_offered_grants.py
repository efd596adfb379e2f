import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0003_field_rights'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfferedGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grant', models.CharField(max_length=80)),
                ('ready', models.CharField(max_length=40)),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='org.role')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('role', 'grant'), name='offered_grant_once')],
            },
        ),
    ]
