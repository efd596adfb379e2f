"""Pages of allocation: schemes, a list given as a job, offers on the workbench, the back-test."""

from genjin.allocation.web import comparing, editing, offers, running, schemes

__all__ = ["comparing", "editing", "offers", "running", "schemes"]
