"""Fields whose values come from option lists, and yes/no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.fields.base import CHOICE_OPERATORS, Field, FieldError, Operator
from genjin.kernel.wording import listed

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor
    from genjin.kernel.options import Option

TRUE = {"1", "true", "yes", "on", "y", "是", "有", "√", "真"}
FALSE = {"0", "false", "no", "off", "n", "否", "无", "×", "假"}


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One option of a list. Stored as the option's key; '' when empty."""

    options: str
    kind: ClassVar[str] = "choice"

    def choices(self, actor: Actor) -> dict[str, Option]:
        """The list's options by key, in order, retired ones included."""
        from genjin.kernel.options import options_of  # slow: models must be ready

        return options_of(self.options, actor.stamp)

    def parse(self, raw: Any, actor: Actor) -> Any:
        """Never None: the column holds ''."""
        return super().parse(raw, actor) or ""

    def parse_given(self, raw: Any, actor: Actor) -> Any:
        """The key of the option with this key or label. Raises FieldError when there is none."""
        return self._option(str(raw), actor).key

    def _option(self, text: str, actor: Actor) -> Option:
        from genjin.kernel.options import find_option  # slow: models must be ready

        option = find_option(self.options, text, actor.stamp)
        if option is None:
            raise FieldError(
                _("「%(field)s」没有「%(value)s」这个选项，可选：%(options)s")
                % {
                    "field": self.label,
                    "value": text.strip()[:40],
                    "options": listed(str(o.label) for o in list(self.live(actor))[:8]),
                }
            )
        return option

    def live(self, actor: Actor) -> Iterable[Option]:
        """The options offered in forms."""
        return (o for o in self.choices(actor).values() if not o.retired)

    def text(self, value: Any, actor: Actor) -> str:
        """The option's label in the actor's language."""
        option = self.choices(actor).get(value) if value else None
        if option is None:
            return str(value or "")
        return option.english if option.english and actor.language == "en" else str(option.label)

    def colour(self, value: Any, actor: Actor) -> str:
        """The option's tone."""
        option = self.choices(actor).get(value) if value else None
        return option.colour if option else ""

    def operators(self) -> tuple[Operator, ...]:
        """In, not in, empty."""
        return CHOICE_OPERATORS

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """Filters take keys or labels."""
        return self._option(raw, actor).key

    def emptiness(self) -> Q:
        """The column is '' when empty."""
        return Q(**{self.path: ""})

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """The chosen labels, or how many."""
        return listed(self.text(v, actor) for v in raw) if len(raw) <= 3 else _("%d 项") % len(raw)


@dataclass(frozen=True, kw_only=True)
class MultiChoice(Choice):
    """Several options of a list, stored as an array of keys."""

    most: int = 30
    kind: ClassVar[str] = "multichoice"

    def parse(self, raw: Any, actor: Actor) -> list[str]:
        """A list of keys without repeats, from a list or text separated by commas."""
        parts = raw if isinstance(raw, list | tuple) else _split(str(raw or ""))
        keys = list(dict.fromkeys(self._key(str(part), actor) for part in parts if str(part).strip()))
        if len(keys) > self.most:
            raise FieldError(_("「%(field)s」最多选 %(most)s 项") % {"field": self.label, "most": self.most})
        return keys

    def _key(self, text: str, actor: Actor) -> str:
        return self._option(text, actor).key

    def text(self, value: Any, actor: Actor) -> str:
        """Labels joined by 、."""
        return listed(Choice.text(self, key, actor) for key in value or ())

    def form_value(self, value: Any, actor: Actor) -> Any:
        """The chosen keys."""
        return list(value or ())

    def to_json(self, value: Any) -> Any:
        """A list of keys."""
        return list(value or ())

    def compare(self, operator: Operator, values: list[Any], actor: Actor) -> Q:
        """Any of the chosen ones."""
        condition = Q(**{f"{self.path}__overlap": values})
        return ~condition if operator.key == "not" else condition

    def emptiness(self) -> Q:
        """An empty array."""
        return Q(**{self.path: []})


@dataclass(frozen=True, kw_only=True)
class Tags(MultiChoice):
    """Tags: a multi choice whose list members may add to while they type."""

    kind: ClassVar[str] = "tags"

    def _key(self, text: str, actor: Actor) -> str:
        from genjin.kernel.options import find_option  # slow: models must be ready

        option = find_option(self.options, text, actor.stamp)
        label = " ".join(text.split())
        if len(label) > 20:
            raise FieldError(_("标签「%s…」太长，最多 20 个字") % label[:8])
        return option.key if option else label


def _split(text: str) -> list[str]:
    for mark in "，、;；\n":
        text = text.replace(mark, ",")
    return text.split(",")


@dataclass(frozen=True, kw_only=True)
class YesNo(Field):
    """Yes or no; empty counts as no."""

    kind: ClassVar[str] = "yesno"

    def parse(self, raw: Any, actor: Actor) -> bool:
        """True or False from all usual spellings."""
        if isinstance(raw, bool):
            return raw
        text = str(raw or "").strip().lower()
        if text in TRUE:
            return True
        if not text or text in FALSE:
            return False
        raise FieldError(_("「%(field)s」应填是或否") % {"field": self.label})

    def text(self, value: Any, actor: Actor) -> str:
        """是 / 否."""
        return _("是") if value else _("否")

    def form_value(self, value: Any, actor: Actor) -> Any:
        """Whether it is on."""
        return bool(value)

    def operators(self) -> tuple[Operator, ...]:
        """Is yes, is no."""
        return (Operator("is", gettext_lazy("等于"), "one"),)

    def parse_filter(self, raw: str, actor: Actor) -> Any:
        """Yes or no."""
        return self.parse(raw, actor)

    def filter_text(self, operator: str, raw: list[str], actor: Actor) -> str:
        """是 or 否."""
        return self.text(self.parse(raw[0] if raw else "", actor), actor)
