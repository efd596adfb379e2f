"""Bringing tables in: reading a sheet, matching its columns to declared fields, creating records through the actions."""
