"""What a lead's fields become (B2-7), without a database: of a new customer and contact, and of one that was there, of
which only empty fields are filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TO_CUSTOMER: Mapping[str, tuple[str, ...]] = {
    "phone": ("phone", "mobile"),
    "email": ("email",),
    "source": ("source",),
    "level": ("level",),
    "industry": ("industry",),
    "region": ("region",),
    "address": ("address",),
    "core_need": ("need",),
    "remarks": ("remarks",),
}
"""{field of the customer: fields of the lead, the first filled one counts}."""
TO_CONTACT: Mapping[str, tuple[str, ...]] = {
    "name": ("contact_name",),
    "position": ("position",),
    "phone": ("mobile",),
    "telephone": ("phone",),
    "email": ("email",),
    "wechat": ("wechat",),
}
TO_OPPORTUNITY: Mapping[str, tuple[str, ...]] = {
    "source": ("source",),
    "need": ("need",),
    "campaign": ("campaign_id",),
}


def carried(lead: Any, table: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The values that a lead gives to the fields of a table, empty ones left out."""
    found = {key: next((value for name in names if (value := getattr(lead, name))), "") for key, names in table.items()}
    return {key: value for key, value in found.items() if value}


def missing(row: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Of these values those whose field is still empty in a row that was there."""
    return {key: value for key, value in given.items() if not getattr(row, key)}
