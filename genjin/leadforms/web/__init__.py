"""The pages of public forms: outside, and those of who sets them up."""

from genjin.leadforms.web import editing, public, showing, submissions

__all__ = ["editing", "public", "showing", "submissions"]
