"""The generic detail page of any record."""
