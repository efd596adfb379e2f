"""Pages of sharing: the rules, who can see a record, what a member can see."""

from genjin.sharing.web import editing, member, rules, who

__all__ = ["editing", "member", "rules", "who"]
