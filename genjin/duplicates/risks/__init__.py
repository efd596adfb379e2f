"""What speaks against a new record (S2-59…62): found by keys, by sets of records, never record by record."""
