"""Saved views of lists: private or shared, with their columns and one default per member."""
