"""Possible duplicates of an import, side by side."""
