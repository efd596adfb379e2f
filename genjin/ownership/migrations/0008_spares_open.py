from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ownership', '0007_team_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='recycling',
            name='spares_open',
            field=models.BooleanField(default=False),
        ),
    ]
