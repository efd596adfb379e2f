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


@dataclass(frozen=True)
class Policy:
    """`duplicates` {why: decision}, `otherwise` for the others; `owner`: the member whose the customers are where no
    column says so (None: whoever imports)."""

    duplicates: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = Decision.SKIP
    owner: int | None = None

    def decision(self, why: str, own: str = "") -> str:
        """What becomes of a row that is a duplicate by this; `own` is what was decided for it alone."""
        chosen = own or self.duplicates.get(why, self.otherwise)
        return chosen if fits(why, chosen) else Decision.SKIP

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"duplicates": dict(self.duplicates), "otherwise": self.otherwise, "owner": self.owner}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Policy:
        """From what a page or a program said. Raises Refused("bad_policy")."""
        duplicates, owner = given.get("duplicates", {}), given.get("owner")
        otherwise = given.get("otherwise", Decision.SKIP)
        sound = isinstance(duplicates, Mapping) and all(why in Why.values for why in duplicates)
        if not sound or not {*duplicates.values(), otherwise} <= set(Decision.values):
            raise Refused("bad_policy", _("重复数据的处理方式不对，请重新选择"), "policy")
        if owner is not None and (not isinstance(owner, int) or isinstance(owner, bool)):
            raise Refused("bad_policy", _("请选择负责人"), "owner")
        return cls(dict(duplicates), otherwise, owner)


def fits(why: str, decision: str) -> bool:
    """Whether this can be done with a duplicate of this kind."""
    return decision in ONLY_NEW or not (why == Why.HIDDEN or why.startswith("file_"))
