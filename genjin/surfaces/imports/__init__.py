"""Bringing tables in: reading a sheet, matching its columns to fields, creating records through the actions."""
