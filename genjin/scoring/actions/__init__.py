"""The writes of scoring."""

from genjin.scoring.actions import objections, schemes

__all__ = ["objections", "schemes"]
