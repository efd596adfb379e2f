"""Totals of open opportunities per stage, owner, department and month of the expected deal (as docs/adr/0010)."""
