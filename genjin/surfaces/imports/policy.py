"""What a member decided about a whole import: what becomes of duplicates, whose the customers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from genjin.kernel.refusal import Refused
from genjin.surfaces.imports.models import Decision, Why
from genjin.surfaces.imports.whys import FILE, is_forbidden, is_own, is_why

ONLY_NEW = frozenset({Decision.SKIP, Decision.CREATE})
"""What can be done where the customer that is there may not be seen."""


MOST_SHARING = 50
SHEET, TURNS, MINE, POOL = "sheet", "turns", "mine", "pool"
LEFT_OUT = "-skip"
"""Of `given`: rows of which the sheet says nothing there are left out."""
MOST_GIVEN, LONGEST_GIVEN = 20, 200
ASSIGN = (SHEET, TURNS, MINE, POOL)
"""Whose the customers are: as a column says; where none says so the members' in turn; all of whoever imports; where
none says so nobody's, in a pool (B4)."""


@dataclass(frozen=True)
class Policy:
    """`duplicates` {why: decision}, `otherwise` for the others; `assign` as above, with `owner`: the member whose the
    customers are where no column says so (None: whoever imports), `share`: those who get them in turn, `pool`: where
    they are put. `by_phone`, `by_likeness`: whether rules that only warn of equal phones and similar names are asked.
    `reason`: why what is there already is created all the same, in the words of whoever imports. `given`
    {target: text}: what stands where the sheet says nothing (LEFT_OUT: such rows stay out). `makes`: whether customers
    that are not there are made."""

    duplicates: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = Decision.SKIP
    assign: str = SHEET
    owner: int | None = None
    share: tuple[int, ...] = ()
    pool: int | None = None
    by_phone: bool = True
    by_likeness: bool = True
    given: Mapping[str, str] = field(default_factory=dict)
    makes: bool = True
    reason: str = ""

    @property
    def creates_known(self) -> bool:
        """Whether some of what is there already is created all the same."""
        return Decision.CREATE in (self.otherwise, *self.duplicates.values())

    def decision(self, why: str, own: str = "") -> str:
        """What becomes of a row that is a duplicate by this; `own` is what was decided for it alone."""
        chosen = own or self.duplicates.get(why, self.otherwise)
        return chosen if fits(why, chosen) else Decision.SKIP

    @property
    def taking_turns(self) -> tuple[int, ...]:
        """Members who get in turn what no column gives to anybody."""
        return self.share if self.assign == TURNS else ()

    @property
    def into(self) -> str:
        """The pool that takes what no column gives to anybody, as an input of the creating action; '' for none."""
        return str(self.pool) if self.assign == POOL else ""

    def owner_of(self, turn: int) -> int | None:
        """Whose the customer is that no column gives to anybody; `turn` counts them."""
        members = self.taking_turns
        return members[turn % len(members)] if members else self.owner if self.assign not in (MINE, POOL) else None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        switches = {"by_phone": self.by_phone, "by_likeness": self.by_likeness, "makes": self.makes}
        owners = {"assign": self.assign, "owner": self.owner, "share": list(self.share), "pool": self.pool}
        decided = {"duplicates": dict(self.duplicates), "otherwise": self.otherwise}
        return {**decided, **owners, **switches, "given": dict(self.given), "reason": self.reason}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Policy:
        """From what a page or a program said. Raises Refused("bad_policy")."""
        duplicates, owner, share = given.get("duplicates", {}), given.get("owner"), given.get("share") or []
        pool = given.get("pool")
        otherwise = given.get("otherwise", Decision.SKIP)
        sound = isinstance(duplicates, Mapping) and all(map(is_why, duplicates))
        if not sound or not {*duplicates.values(), otherwise} <= set(Decision.values):
            raise Refused("bad_policy", _("重复数据的处理方式不对，请重新选择"), "policy")
        if not (owner is None or _is_id(owner)):
            raise Refused("bad_policy", _("请选择负责人"), "owner")
        if not isinstance(share, list) or len(share) > MOST_SHARING or not all(map(_is_id, share)):
            raise Refused("bad_policy", _("请选择轮流分配的成员，最多 %d 位") % MOST_SHARING, "share")
        assign = given.get("assign") or (TURNS if share else SHEET)
        if assign not in ASSIGN:
            raise Refused("bad_policy", _("请选择导入后怎样分配"), "assign")
        if not (_is_id(pool) or (pool is None and assign != POOL)):
            raise Refused("bad_policy", _("请选择一个启用的公海"), "pool")
        said = given.get("given") or {}
        if not isinstance(said, Mapping) or len(said) > MOST_GIVEN or not all(_is_said(*pair) for pair in said.items()):
            raise Refused("bad_policy", _("没写时填什么，请重新选择"), "given")
        names = ("by_phone", "by_likeness", "makes")
        switches = {name: given.get(name, True) is not False for name in names}
        share = tuple(dict.fromkeys(share))
        kept = {target: text for target, text in said.items() if text}
        reason = str(given.get("reason") or "").strip()[:LONGEST_GIVEN]
        return cls(dict(duplicates), otherwise, assign, owner, share, pool, **switches, given=kept, reason=reason)


def _is_said(target: object, text: object) -> bool:
    return isinstance(target, str) and isinstance(text, str) and len(text) <= LONGEST_GIVEN


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def fits(why: str, decision: str) -> bool:
    """Whether this can be done with a duplicate of this kind."""
    if decision == Decision.CREATE:
        return not is_forbidden(why)
    return decision in ONLY_NEW or not (why == Why.HIDDEN or is_own(why) or why.startswith(FILE))
