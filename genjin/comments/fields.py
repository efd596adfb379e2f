"""The input field that only comments need: the members who are mentioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from genjin.kernel import people
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Members(Field):
    """Several active members, each by id, name, phone or e-mail; ids without repeats."""

    kind: ClassVar[str] = "people"

    def parse(self, raw: Any, actor: Actor) -> list[int]:
        """Raises FieldError for somebody unknown or who has left, and for too many."""
        given = raw if isinstance(raw, list | tuple) else [raw]
        ids = list(dict.fromkeys(self._member(str(each), actor) for each in given if each not in (None, "")))
        if len(ids) > MOST:
            raise FieldError(_("一条评论最多提到 %(most)s 人，现在有 %(now)s 人") % {"most": MOST, "now": len(ids)})
        return ids

    def _member(self, text: str, actor: Actor) -> int:
        found = people.directory().find_member(text, actor)
        if found is None:
            raise FieldError(_("「%(field)s」：没有找到成员「%(who)s」") % {"field": self.label, "who": text[:40]})
        return found
