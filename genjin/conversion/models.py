"""What became of a converted lead: once for each, so that a second conversion is impossible (B1 L10)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from genjin.customers.models import Contact, Customer
from genjin.leads.models import Lead


class Conversion(models.Model):
    """A lead was converted: into which customer and contact, whether these were made by it or were there (B2-13)."""

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.PROTECT, related_name="conversion")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    opportunity_id = models.BigIntegerField(null=True)
    new_customer = models.BooleanField()
    new_contact = models.BooleanField(default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    lead_id: int
    customer_id: int
    contact_id: int | None
    owner_id: int
    by_id: int | None

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="conversion_at", include=["owner", "new_customer"]),
            models.Index(fields=["customer"], name="conversion_customer"),
            models.Index(fields=["contact"], name="conversion_contact", condition=~models.Q(contact=None)),
        ]
