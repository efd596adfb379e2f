"""Merging, and taking it back."""

from genjin.merging.actions.merging import merge_actions

__all__ = ["merge_actions"]
