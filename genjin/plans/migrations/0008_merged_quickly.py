"""What refers to a customer or a contact is found by an index when they are merged (B3)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0007_care'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='plan',
            index=models.Index(condition=models.Q(('contact', None), _negated=True), fields=['contact'], name='plan_contact'),
        ),
        migrations.AddIndex(
            model_name='greeting',
            index=models.Index(fields=['customer'], name='greeting_customer'),
        ),
        migrations.AddIndex(
            model_name='greeting',
            index=models.Index(condition=models.Q(('contact', None), _negated=True), fields=['contact'], name='greeting_contact'),
        ),
    ]
