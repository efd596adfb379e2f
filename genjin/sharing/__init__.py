"""Sharing rules between departments, and the pages that say who can see what, and why."""
