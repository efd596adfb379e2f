"""Fields that point at something: a person, a department, another record, a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import industries, people, regions
from genjin.kernel.fields.base import CHOICE_OPERATORS, EMPTY_OPERATORS, Field, FieldError, Operator
from genjin.kernel.wording import listed

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Person(Field):
    """A member; stored as the member's id. The filter value `me` means the one who looks."""

    kind: ClassVar[str] = "person"

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The id of the active member with this id, name, phone or e-mail."""
        found = people.directory().find_member(str(raw), actor)
        if found is None:
            raise FieldError(_("「%(field)s」：没有找到成员「%(who)s」") % {"field": self.label, "who": str(raw)[:40]})
        return found

    def text(self, value: Any, actor: Actor) -> str:
        """The member's name."""
        return people.directory().member_name(value, actor.stamp) if value else ""

    def operators(self) -> tuple[Operator, ...]:
        """In, not in, empty."""
        return CHOICE_OPERATORS

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """`me` or whom parse() takes; ids of past members are fine."""
        if raw == "me":
            return actor.member_id
        return int(raw) if raw.isdecimal() and len(raw) < 18 else self.parse_given(raw, actor)

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """我, or the names."""
        names = [_("我") if v == "me" else self.text(int(v), actor) if v.isdecimal() else v for v in raw]
        return listed(names) if len(names) <= 3 else _("%d 人") % len(names)


ALONE = Operator("alone", gettext_lazy("就是（不含下级）"), "many")


@dataclass(frozen=True, kw_only=True)
class DepartmentRef(Field):
    """A department; stored as its id. A filter takes its sub-departments along, unless it asks for one `alone`."""

    kind: ClassVar[str] = "department"

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The id of the department with this id or name."""
        found = people.directory().find_department(str(raw), actor)
        if found is None:
            raise FieldError(
                _("「%(field)s」：没有找到部门「%(what)s」") % {"field": self.label, "what": str(raw)[:40]}
            )
        return found

    def text(self, value: Any, actor: Actor) -> str:
        """The department's name."""
        return people.directory().department_name(value, actor.stamp) if value else ""

    def operators(self) -> tuple[Operator, ...]:
        """In, not in, empty; alone."""
        return (*CHOICE_OPERATORS, ALONE)

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A department."""
        return self.parse_given(raw, actor)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Departments with all below them, or alone."""
        if operator.key == ALONE.key:
            return Q(**{f"{self.path}__in": values})
        tree = {below for value in values for below in people.directory().subtree(value, actor.stamp)}
        condition = Q(**{f"{self.path}__in": sorted(tree)})
        return ~condition if operator.key == "not" else condition

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """The departments' names."""
        return listed(self.text(int(v), actor) if v.isdecimal() else v for v in raw)


@dataclass(frozen=True, kw_only=True)
class RecordRef(Field):
    """Another record; stored as its id. What the actor may not see is shown as '—' and cannot be chosen."""

    to: str
    kind: ClassVar[str] = "record"

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The id of a record that the actor may see, given by id or code."""
        from genjin.kernel.titles import find_visible  # slow: models must be ready

        found = find_visible(actor, self.to, str(raw).strip())
        if found is None:
            raise FieldError(_("「%(field)s」：没有找到「%(what)s」") % {"field": self.label, "what": str(raw)[:40]})
        return found

    def text(self, value: Any, actor: Actor) -> str:
        """Its title when the actor may see it."""
        from genjin.kernel.titles import titles_of  # slow: models must be ready

        return titles_of(actor, self.to, [value]).get(value, "") if value else ""

    def operators(self) -> tuple[Operator, ...]:
        """Is one of, empty."""
        return (Operator("in", gettext_lazy("是"), "many"), *EMPTY_OPERATORS)

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A record that the actor may see."""
        return self.parse_given(raw, actor)

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """The titles."""
        return listed(self.text(int(v), actor) or "—" for v in raw if v.isdecimal())


@dataclass(frozen=True, kw_only=True)
class Region(Field):
    """省/市/区: stored as the 6-digit code of the smallest known unit; '' when empty."""

    kind: ClassVar[str] = "region"

    def parse(self, raw: Any, actor: Actor) -> str:
        """Never None: the column holds ''."""
        return super().parse(raw, actor) or ""

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The code of the region with this code or written name."""
        found = regions.parse_region(str(raw))
        if found is None:
            raise FieldError(
                _("「%(field)s」：不认识「%(what)s」，请写省、市、区的名称")
                % {"field": self.label, "what": str(raw)[:40]}
            )
        return found.code

    def text(self, value: Any, actor: Actor) -> str:
        """江苏省 苏州市 工业园区."""
        return regions.full_name(value) if value else ""

    def operators(self) -> tuple[Operator, ...]:
        """In (with everything inside), not in, empty."""
        return CHOICE_OPERATORS

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """A region."""
        return self.parse_given(raw, actor)

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """A province or city takes what lies inside along."""
        condition = Q()
        for code in values:
            condition |= Q(**{f"{self.path}__startswith": _prefix(code)})
        return ~condition if operator.key == "not" else condition

    def emptiness(self) -> Q:
        """The column is '' when empty."""
        return Q(**{self.path: ""})

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """The names."""
        return listed(self.text(v, actor) for v in raw)


def _prefix(code: str) -> str:
    """The digits that all regions inside share: 32, 3205 or 320571."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


@dataclass(frozen=True, kw_only=True)
class Industry(Region):
    """GB/T 4754 industry: stored as the code of the smallest known class; '' when empty."""

    kind: ClassVar[str] = "industry"

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The code of the industry with this code, name or common alias."""
        found = industries.parse_industry(str(raw))
        if found is None:
            raise FieldError(
                _("「%(field)s」：不认识「%(what)s」，请从国民经济行业分类中选择")
                % {"field": self.label, "what": str(raw)[:40]}
            )
        return found.code

    def text(self, value: Any, actor: Actor) -> str:
        """半导体器件专用设备制造."""
        known = industries.industry(value) if value else None
        return known.name if known else str(value or "")

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """An industry takes its sub-classes along."""
        condition = Q()
        for code in values:
            condition |= Q(**{f"{self.path}__startswith": code})
        return ~condition if operator.key == "not" else condition
