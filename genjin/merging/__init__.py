"""Merging records of a type into one (合并, B3): all that refers to them follows, old ids lead on, and for thirty days
it can be taken back."""
