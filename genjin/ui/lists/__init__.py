"""The generic list page of any record type."""
