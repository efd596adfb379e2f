"""Backups: made, checked, restored, kept for a while; the archive of changes; the page that says how it stands."""
