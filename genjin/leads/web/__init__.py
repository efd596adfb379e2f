"""Pages of leads beside the generic ones: panels and buttons, the board by state, taking a ringing phone."""

from genjin.leads.web import board, moves, panels, ringing

__all__ = ["board", "moves", "panels", "ringing"]
