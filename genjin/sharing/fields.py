"""The input field that only sharing needs: the conditions of a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.lists.reading import MOST_CONDITIONS, MOST_VALUES


@dataclass(frozen=True, kw_only=True)
class Conditions(Field):
    """Filters of a list: {"region.in": ["320000"]}. Here only their shape is checked; the rule knows its type."""

    kind: ClassVar[str] = "conditions"

    def parse(self, raw: Any, actor: Actor) -> dict[str, list[str]]:  # noqa: ARG002 - one signature for all kinds
        """Without those that name no value. Raises FieldError for what is no object of lists."""
        given = {} if raw in (None, "") else raw
        if not isinstance(given, dict) or len(given) > MOST_CONDITIONS:
            raise FieldError(_("「%(field)s」应是以筛选条件为键的对象") % {"field": self.label})
        return {str(name): values for name, each in sorted(given.items()) if (values := self._values(each))}

    def _values(self, raw: Any) -> list[str]:
        parts = raw if isinstance(raw, list | tuple) else str(raw or "").split(",")
        values = list(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))
        if len(values) > MOST_VALUES or any("\x00" in value or len(value) > 200 for value in values):
            raise FieldError(_("「%(field)s」的值太多或无法识别") % {"field": self.label})
        return values
