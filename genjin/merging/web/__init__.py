"""Pages of merging: choosing what becomes one, what was merged, from a record's menu and card."""

from genjin.merging.web import choosing, done, entering

__all__ = ["choosing", "done", "entering"]
