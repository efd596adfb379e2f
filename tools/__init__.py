"""Lints and small generators of the project."""
