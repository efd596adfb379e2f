"""People: by name, sign-in name, phone or mail; namesakes are told apart by what stands in brackets, else asked."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches

from django.utils.translation import gettext as _

from genjin.kernel import normal
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Person
from genjin.kernel.tables import Cell
from genjin.kernel.wording import listed
from genjin.org.queries import organisation
from genjin.surfaces.imports.rules import LEAVE, ME, REMARKS, CellProblem
from genjin.surfaces.imports.values.found import (
    Asked,
    Found,
    Reader,
    digits_of,
    is_nothing,
    plain,
    refuse_broken,
    written,
)

_BETWEEN = re.compile(r"[、,;，；|/\n]+|\s+")
_ASIDE = re.compile(r"^(.+?)\s*[(（【\[]([^()（）【】\[\]]+)[)）】\]]$")
MOST_NAMED = 5


class Members:
    """Active members by everything that names them, in memory."""

    def __init__(self, actor: Actor) -> None:
        org = organisation(actor)
        self.people = org.people
        self.departments = org.departments
        self.known: defaultdict[str, list[int]] = defaultdict(list)
        self.gone: set[str] = set()
        for person in org.people.values():
            if not person.active:
                self.gone.add(_key(person.name))
                continue
            words = {_key(person.name), _key(person.sign_in), _key(person.email), normal.phone_key(person.phone or "-")}
            for word in words - {"", None}:
                self.known[str(word)].append(person.id)

    def find(self, text: str) -> list[int]:
        """The members that a plain text may mean: none, one, or namesakes."""
        aside = _ASIDE.match(text)
        found = self.known.get(_key(text)) or self.known.get(normal.phone_key(text) or "")
        if found or not aside:
            return list(found or ())
        named = self.known.get(_key(aside[1]), [])
        inside = self.known.get(_key(aside[2])) or self.known.get(normal.phone_key(aside[2]) or "") or []
        narrowed = [one for one in named if one in inside or self._works_in(one, aside[2])]
        return narrowed or list(named) or list(inside)

    def label(self, member_id: int) -> str:
        """The name with the department."""
        person = self.people[member_id]
        department = self.departments.get(person.department_id or 0)
        facts = {"name": person.name, "where": department.name if department else person.sign_in}
        return _("%(name)s（%(where)s）") % facts

    def like(self, text: str) -> list[int]:
        """The members whose name is written nearly so."""
        return [self.known[word][0] for word in get_close_matches(_key(text), self.known, n=3, cutoff=0.66)]

    def _works_in(self, member_id: int, words: str) -> bool:
        department = self.departments.get(self.people[member_id].department_id or 0)
        return department is not None and (department.name in words or words in department.name)


def reader(asked: Asked) -> Reader:
    """Reads the id of a member for a Person; the sign-in name or the written name for the author of a follow-up."""
    return (_People if isinstance(asked.field, Person) else _Authors)(asked).read


class _People:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.members = Members(asked.actor)

    def read(self, cell: Cell) -> object:
        """The member; of several named in a cell the first, the others go to the remarks."""
        text = text_of(cell)
        if text is None:
            return None
        answer = self.asked.rule.people.get(text)
        if answer is not None:
            return self.answered(answer, text)
        found = self.members.find(text)
        if len(found) == 1:
            return self.given(found[0])
        pieces = [piece for piece in _BETWEEN.split(text) if piece]
        if not found and len(pieces) > 1 and all(len(self.members.find(piece)) == 1 for piece in pieces):
            first = self.members.find(pieces[0])[0]
            rest = "、".join(pieces[1:])
            hint = _("有 %(count)d 个人：取第一个，其余的写入备注") % {"count": len(pieces)}
            return Found(self.given(first), rest=(rest,), hint=hint)
        return self.unknown(text, found)

    def answered(self, answer: str, text: str) -> object:
        """What was decided for a name."""
        if answer == ME:
            return self.given(self.asked.actor.member_id or 0)
        if answer in (LEAVE, REMARKS):
            return Found(None, rest=(text,)) if answer == REMARKS else None
        person = self.members.people.get(int(answer)) if answer.isdecimal() else None
        if person is None or not person.active:
            raise CellProblem(_("为“%(text)s”选择的成员已离职或不存在，请重新选择") % {"text": text})
        return self.given(person.id)

    def given(self, member_id: int) -> object:
        """What the field takes for a member."""
        return member_id

    def unknown(self, text: str, found: list[int]) -> object:
        """Raises CellProblem: nobody, several, or somebody who has left."""
        if found:
            names = listed(self.members.label(one) for one in found[:MOST_NAMED])
            words = _("有 %(count)d 位成员叫“%(text)s”：%(names)s；请在「匹配列」里选定，或改写为手机号或登录名")
            raise CellProblem(words % {"count": len(found), "text": text, "names": names})
        like = self.members.like(text)
        suggestion = self.members.people[like[0]].name if like else ""
        if _key(text) in self.members.gone:
            raise CellProblem(_("“%(text)s”已离职，请在「匹配列」里选择接手的成员") % {"text": text})
        words = _("没有找到成员“%(text)s”，请在「匹配列」里为他选择对应的成员，或改为现有成员的姓名、手机号或登录名")
        raise CellProblem(words % {"text": text[:40]}, suggestion)


class _Authors(_People):
    """The author of a follow-up may be somebody who is no member: then the name is kept as it is written."""

    def given(self, member_id: int) -> object:
        """The sign-in name, which is nobody else's."""
        return self.members.people[member_id].sign_in

    def answered(self, answer: str, text: str) -> object:
        """To leave the field empty means here to keep the name."""
        return text if answer == LEAVE else super().answered(answer, text)

    def unknown(self, text: str, found: list[int]) -> object:  # noqa: ARG002 - as above
        """The name as it is written."""
        return self.asked.parse(text)


def department_reader(asked: Asked) -> Reader:
    """Reads the id of a department by its name; of a path the last step."""

    def read(cell: Cell) -> object:
        text = text_of(cell)
        if text is None:
            return None
        nodes = [node for node in organisation(asked.actor).departments.values() if not node.closed]
        last = [step.strip() for step in re.split(r"[/\\>→]", text) if step.strip()][-1:]
        found = [node.id for node in nodes if _key(node.name) in (_key(text), *map(_key, last))]
        if len(found) == 1:
            return found[0]
        like = get_close_matches(text, [node.name for node in nodes], n=1, cutoff=0.6)
        words = (
            _("没有找到部门“%(text)s”，请写部门的名称")
            if not found
            else _("有几个部门叫“%(text)s”，请改写为唯一的名称")
        )
        raise CellProblem(words % {"text": text[:40]}, like[0] if like and not found else "")

    return read


def text_of(cell: Cell) -> str | None:
    """The text by which answers to a column's questions are kept."""
    if cell is None:
        return None
    text = plain(digits_of(cell) if isinstance(cell, float) else written(cell))
    refuse_broken(text)
    return None if is_nothing(text) else text


def _key(text: str) -> str:
    return "".join(text.split()).casefold()
