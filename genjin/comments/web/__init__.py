"""Comments on pages: the card 讨论 of every record, the list behind @, the workbench's card 提到我的."""

from genjin.comments.web import discussing, mentioning, today

__all__ = ["discussing", "mentioning", "today"]
