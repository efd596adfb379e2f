"""Masked values shown in full: one at a time, to who may, written down each time."""
