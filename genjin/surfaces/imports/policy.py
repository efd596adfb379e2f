"""What a member decided about a whole import: what becomes of duplicates, whose the customers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.models import Decision, Why

ONLY_NEW = frozenset({Decision.SKIP, Decision.CREATE})
"""What can be done where the customer that is there may not be seen."""


MOST_SHARING = 50
SHEET, TURNS, MINE = "sheet", "turns", "mine"
ASSIGN = (SHEET, TURNS, MINE)
"""Whose the customers are: as a column says; where none says so the members' in turn; all of whoever imports."""


@dataclass(frozen=True)
class Policy:
    """`duplicates` {why: decision}, `otherwise` for the others; `assign` as above, with `owner`: the member whose the
    customers are where no column says so (None: whoever imports), and `share`: those who get them in turn. `by_phone`,
    `by_likeness`: whether equal phones and similar names make a possible duplicate."""

    duplicates: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = Decision.SKIP
    assign: str = SHEET
    owner: int | None = None
    share: tuple[int, ...] = ()
    by_phone: bool = True
    by_likeness: bool = True

    def decision(self, why: str, own: str = "") -> str:
        """What becomes of a row that is a duplicate by this; `own` is what was decided for it alone."""
        chosen = own or self.duplicates.get(why, self.otherwise)
        return chosen if fits(why, chosen) else Decision.SKIP

    def counts(self, why: str) -> bool:
        """Whether this makes a possible duplicate at all."""
        if why in (Why.PHONE, Why.FILE_PHONE):
            return self.by_phone
        return self.by_likeness or why not in (Why.SIMILAR, Why.FILE_SIMILAR)

    @property
    def taking_turns(self) -> tuple[int, ...]:
        """Members who get in turn what no column gives to anybody."""
        return self.share if self.assign == TURNS else ()

    def owner_of(self, turn: int) -> int | None:
        """Whose the customer is that no column gives to anybody; `turn` counts them."""
        members = self.taking_turns
        return members[turn % len(members)] if members else self.owner if self.assign != MINE else None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        switches = {"by_phone": self.by_phone, "by_likeness": self.by_likeness}
        owners = {"assign": self.assign, "owner": self.owner, "share": list(self.share)}
        return {"duplicates": dict(self.duplicates), "otherwise": self.otherwise, **owners, **switches}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Policy:
        """From what a page or a program said. Raises Refused("bad_policy")."""
        duplicates, owner, share = given.get("duplicates", {}), given.get("owner"), given.get("share") or []
        otherwise = given.get("otherwise", Decision.SKIP)
        sound = isinstance(duplicates, Mapping) and all(why in Why.values for why in duplicates)
        if not sound or not {*duplicates.values(), otherwise} <= set(Decision.values):
            raise Refused("bad_policy", _("重复数据的处理方式不对，请重新选择"), "policy")
        if not (owner is None or _is_id(owner)):
            raise Refused("bad_policy", _("请选择负责人"), "owner")
        if not isinstance(share, list) or len(share) > MOST_SHARING or not all(map(_is_id, share)):
            raise Refused("bad_policy", _("请选择轮流分配的成员，最多 %d 位") % MOST_SHARING, "share")
        assign = given.get("assign") or (TURNS if share else SHEET)
        if assign not in ASSIGN:
            raise Refused("bad_policy", _("请选择导入后怎样分配"), "assign")
        switches = {name: given.get(name, True) is not False for name in ("by_phone", "by_likeness")}
        return cls(dict(duplicates), otherwise, assign, owner, tuple(dict.fromkeys(share)), **switches)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def fits(why: str, decision: str) -> bool:
    """Whether this can be done with a duplicate of this kind."""
    return decision in ONLY_NEW or not (why == Why.HIDDEN or why.startswith("file_"))
