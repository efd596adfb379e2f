"""Phrases (话术): which there are and what they say with names filled in."""
