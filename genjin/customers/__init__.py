"""Customers and their contacts: the archive card, classification, life, duplicates by normalised keys."""
