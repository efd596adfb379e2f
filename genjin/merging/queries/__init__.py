"""Reads of merging."""
