"""Where a masked value is shown in full: beside its mask for a while, or in a dialog that asks for the reason."""

from genjin.revealing.web import showing

__all__ = ["showing"]
