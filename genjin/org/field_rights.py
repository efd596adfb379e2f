"""What a role allows of each field: read from forms and programs, told in words, never more than its giver has himself.

`{"customer.phone": "masked"}`; what is not named is editable as the type declares it. How rights of several roles unite
stands in `snapshot`, what they mean in `kernel.sights`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, FieldError
from genjin.kernel.fields.base import Access
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden
from genjin.kernel.seeing import access_words
from genjin.kernel.sights import can_be_limited, can_be_masked, in_force, is_own
from genjin.kernel.stamps import current_stamp
from genjin.kernel.wording import listed
from genjin.org.snapshot import ALLOWING, Organisation

USUAL = Access.EDIT


@dataclass(frozen=True, kw_only=True)
class FieldRights(Field):
    """The rights of a role: {"<type>.<field>": access}. Usual ones are left out."""

    kind: ClassVar[str] = "grants"

    def parse(self, raw: Any, actor: Actor) -> dict[str, str]:
        """Raises FieldError for a field or access that does not exist, or that no role can limit so."""
        if raw in (None, "", []):
            return {}
        if not isinstance(raw, dict):
            raise FieldError(_("「%(field)s」应是以字段名为键的对象") % {"field": self.label})
        return {path: str(raw[path]) for path in sorted(raw) if _checked(str(path), raw[path], actor) is not USUAL}


def _checked(path: str, access: Any, actor: Actor) -> Access:
    key, _dot, name = path.partition(".")
    declared = RECORD_TYPES.get(key)
    known = _field(declared, name, actor.stamp) if declared else None
    if declared is None or (known is None and not is_own(key, name)):
        raise FieldError(_("没有「%s」这个字段") % path[:80])
    if str(access) not in {str(one) for one in Access}:
        raise FieldError(_("没有「%s」这种字段权限") % str(access)[:20])
    chosen = Access(str(access))
    if chosen is not USUAL and not can_be_limited(declared, name):
        raise FieldError(_("「%s」是记录必有的字段，不能限制") % words_of_path(path, actor.stamp))
    if known is not None and chosen is Access.MASKED and not can_be_masked(known):
        raise FieldError(_("「%s」遮掩后没有意义，请选择隐藏或只读") % words_of_path(path, actor.stamp))
    if known is not None and chosen is Access.READ and not known.editable:
        return USUAL  # nobody may write there anyway
    return chosen


def _field(declared: RecordType, name: str, stamp: int) -> Field | None:
    """The field as it is in force; a declared one also where a layout leaves it out."""
    return in_force(declared, stamp).own_fields.get(name) or declared.own_fields.get(name)


def words_of_path(path: str, stamp: int) -> str:
    """客户 · 电话."""
    key, _dot, name = path.partition(".")
    declared = RECORD_TYPES.get(key)
    known = _field(declared, name, stamp) if declared else None
    return f"{declared.label} · {known.label if known else name}" if declared else path


def words_for(actor: Actor, path: str) -> str:
    """客户 · 电话 for who may know of the field."""
    key, _dot, name = path.partition(".")
    declared = RECORD_TYPES.get(key)
    known = declared is not None and name in declared.seen_by(actor).own_fields
    return words_of_path(path, actor.stamp) if known else _("（您看不到的字段）")


def rights_words(fields: Mapping[str, Any], stamp: int) -> str:
    """客户 · 电话：遮掩、…"""
    words = {str(access): text for access, text in access_words().items()}
    return listed(f"{words_of_path(path, stamp)}：{words.get(str(access), access)}" for path, access in fields.items())


def demand_within(actor: Actor, grants: Iterable[str], fields: Mapping[str, str]) -> None:
    """Raises Forbidden("escalation") when a role with these grants allows more of a field than the actor may."""
    kinds = {grant.partition(".")[0] for grant in grants}
    for path, mine in sorted(actor.rights):
        declared = RECORD_TYPES[path.partition(".")[0]]
        given = Access(fields.get(path, USUAL))
        if declared.plural in kinds and ALLOWING.index(given) > ALLOWING.index(mine):
            told = {"field": words_of_path(path, actor.stamp), "mine": access_words()[mine]}
            raise Forbidden(_("您自己对「%(field)s」只有「%(mine)s」权限，不能授予别人更多") % told, "escalation")


def refuse_more_fields(actor_id: int, before: Organisation, after: Organisation) -> None:
    """Raises Forbidden("escalation") when a change lets anybody know more of a field than he and the actor did."""
    mine = before.rights(actor_id)
    for member_id, person in after.people.items():
        path = None if person.administrator else _first_beyond(mine, before, after, member_id)
        if path is not None:
            told = {"name": person.name, "field": words_of_path(path, current_stamp())}
            message = _("这样「%(name)s」会看到或修改您自己不能的字段「%(field)s」，请联系管理员操作") % told
            raise Forbidden(message, "escalation")


def knows_more(org: Organisation, member_id: int, actor_id: int) -> bool:
    """Whether a member may do more with any field than another."""
    return _first_beyond(org.rights(actor_id), None, org, member_id) is not None


def _first_beyond(
    mine: Iterable[tuple[str, Access]], before: Organisation | None, after: Organisation, member_id: int
) -> str | None:
    for path, my_access in sorted(mine):
        declared = RECORD_TYPES[path.partition(".")[0]]
        held = _access(before, declared, member_id, path) if before and member_id in before.people else 0
        if _access(after, declared, member_id, path) > max(held, ALLOWING.index(my_access)):
            return path
    return None


def _access(org: Organisation, declared: RecordType, member_id: int, path: str) -> int:
    """How much of a field a member may know, as a place in ALLOWING; nothing without a grant of its type."""
    if not any(grant.partition(".")[0] == declared.plural for grant in org.grants(member_id)):
        return 0
    return ALLOWING.index(dict(org.rights(member_id)).get(path, USUAL))
