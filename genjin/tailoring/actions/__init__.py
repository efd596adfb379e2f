"""Writes of fields and layouts."""
