"""What of a record's values is compared: the value itself, or the key that several values make together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genjin.duplicates.rules import Compared, Kind
from genjin.duplicates.searching.addresses import address_key


def given_of(compared: Compared, values: Mapping[str, Any]) -> Any:
    """The value that is asked about; of an address the key of region and address (S2-60), "" when it says nothing."""
    value = values.get(compared.field)
    if compared.kind is Kind.ADDRESS:
        return address_key(str(value or ""), str(values.get(compared.beside) or ""))
    return value
