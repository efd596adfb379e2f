"""Pages of handovers: the list, the steps of one, its report."""

from genjin.handover.web import listing, report, running, showing, wizard

__all__ = ["listing", "report", "running", "showing", "wizard"]
