from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('allocation', '0002_past'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='back',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='run',
            name='kept',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='run',
            name='undoing_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='undone_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='undone_to',
            field=models.BigIntegerField(default=0),
        ),
    ]
