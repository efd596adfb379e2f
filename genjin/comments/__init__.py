"""Comments on any record, and who was mentioned in them (B7, S0-85)."""
