"""Input fields that only the organisation needs: lists of roles, departments and members, a role's grants, passwords,
choices from a fixed list. Not here: the fields of record types (`genjin.kernel.fields`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.company_settings import leaves
from genjin.kernel.digits import number_in
from genjin.kernel.fields import Field, FieldError, Text
from genjin.kernel.fields.fixed import OneOf, Pairs
from genjin.kernel.grants import GRANTS
from genjin.org.models import ScopeKind
from genjin.org.queries import organisation

__all__ = ["OneOf", "Pairs"]


@dataclass(frozen=True, kw_only=True)
class Password(Text):
    """A password: taken as typed, never trimmed, at most 200 characters."""

    kind: ClassVar[str] = "password"

    def parse(self, raw: Any, actor: Actor) -> str:  # noqa: ARG002 - one signature for all kinds
        """The text as it is."""
        text = str(raw or "")
        if "\x00" in text or len(text) > self.most:
            raise FieldError(_("密码最多 %d 个字符") % self.most)
        return text


@dataclass(frozen=True, kw_only=True)
class Ids(Field):
    """Several ids without repeats, of rows that exist."""

    kind: ClassVar[str] = "ids"

    def known(self, actor: Actor) -> Mapping[int, Any]:
        """Everything that may be chosen, by id."""
        raise NotImplementedError

    def parse(self, raw: Any, actor: Actor) -> list[int]:
        """Ids from a list or a text with commas. Raises FieldError for one that is not known."""
        parts = raw if isinstance(raw, list | tuple) else str(raw or "").split(",")
        texts = [str(part).strip() for part in parts if str(part).strip()]
        if any(number_in(text) not in self.known(actor) for text in texts):
            raise FieldError(_("「%(field)s」里有不存在的选项，请重新选择") % {"field": self.label})
        return list(dict.fromkeys(int(text) for text in texts))


@dataclass(frozen=True, kw_only=True)
class Roles(Ids):
    """Several roles."""

    kind: ClassVar[str] = "roles"

    def known(self, actor: Actor) -> Mapping[int, Any]:
        """All roles."""
        return organisation(actor).roles


@dataclass(frozen=True, kw_only=True)
class Departments(Ids):
    """Several departments."""

    kind: ClassVar[str] = "departments"

    def known(self, actor: Actor) -> Mapping[int, Any]:
        """All departments."""
        return organisation(actor).departments


@dataclass(frozen=True, kw_only=True)
class Members(Ids):
    """Several members; who has left may stay chosen."""

    kind: ClassVar[str] = "members"

    def known(self, actor: Actor) -> Mapping[int, Any]:
        """All members."""
        return organisation(actor).people


@dataclass(frozen=True, kw_only=True)
class GrantScopes(Field):
    """What a role allows: {grant: scope kind}; '' means the role's own scope. Others are not held."""

    kind: ClassVar[str] = "grants"

    def parse(self, raw: Any, actor: Actor) -> dict[str, str]:  # noqa: ARG002 - one signature for all kinds
        """Raises FieldError for a grant or scope that does not exist; internal grants do not exist for roles."""
        given = raw if isinstance(raw, dict) else {}
        for key, kind in given.items():
            grant = GRANTS.get(key)
            if grant is None or grant.internal or str(kind) not in {"", *ScopeKind.values}:
                raise FieldError(_("没有「%s」这项权限或范围") % key)
        return {key: str(kind) if GRANTS[key].scoped else "" for key, kind in sorted(given.items())}


@dataclass(frozen=True, kw_only=True)
class SettingValues(Field):
    """Raw values of company settings: {setting key: value}; each is read by its own field later."""

    kind: ClassVar[str] = "settings"

    def parse(self, raw: Any, actor: Actor) -> dict[str, Any]:
        """Raises FieldError for what is no object and for a setting that does not exist."""
        given = {} if raw is None else raw
        if not isinstance(given, dict):
            raise FieldError(_("「%(field)s」应是以设置名为键的对象") % {"field": self.label})
        unknown = sorted(set(given) - leaves(actor.stamp).keys())
        if unknown:
            raise FieldError(_("没有「%s」这项设置") % unknown[0])
        return given
