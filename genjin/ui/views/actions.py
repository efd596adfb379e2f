"""Writes of saved views: keeping, changing, sharing, removing; a member's columns and opening view."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import LongText, Text, YesNo
from genjin.kernel.grants import declare_grants
from genjin.kernel.lists import read_query
from genjin.kernel.recording import record, record_removal
from genjin.kernel.records import RECORD_TYPES, RecordType
from genjin.kernel.refusal import Forbidden, NotFound, Refused
from genjin.org.grants import READY_ROLES, add_to_ready_roles
from genjin.ui.models import ListChoice, SavedView
from genjin.ui.views.queries import view_for

MOST_VIEWS = 50
DECLARED = gettext_lazy("列表视图")

declare_grants(
    DECLARED,
    ("views.keep", gettext_lazy("保存自己的列表视图与列设置")),
    ("views.share", gettext_lazy("与全公司共享列表视图")),
    scoped=False,
)
add_to_ready_roles(**{role.key: ("views.keep",) for role in READY_ROLES})
add_to_ready_roles(**dict.fromkeys(("manager", "department_head", "operations"), ("views.share",)))

Name = Annotated[str, Text(key="name", label=gettext_lazy("视图名称"), most=40)]
Shared = Annotated[bool, YesNo(key="shared", label=gettext_lazy("与全公司共享"))]
Query = Annotated[str, LongText(key="query", label=gettext_lazy("筛选条件"), most=4000)]
NewQuery = Annotated[str | None, LongText(key="query", label=gettext_lazy("筛选条件"), most=4000)]
NewShared = Annotated[bool | None, YesNo(key="shared", label=gettext_lazy("与全公司共享"))]
Columns = Annotated[str, Text(key="columns", label=gettext_lazy("显示的列"), most=2000)]
TypeKey = Annotated[str, Text(key="record_type", label=gettext_lazy("记录类型"), most=40)]
ViewKey = Annotated[str, Text(key="view", label=gettext_lazy("视图"), most=40)]


@action("views.keep", on=SavedView, needs="views.keep", label=gettext_lazy("存为视图"), icon="bookmark-plus")
def keep_view(
    actor: Actor, *, record_type: TypeKey, name: Name, query: Query = "", columns: Columns = "", shared: Shared = False
) -> SavedView:
    """Keep a list under a name. Raises Refused for filters the type does not know, or too many views."""
    declared = _type(actor, record_type)
    _check_query(actor, declared, query)
    _check_sharing(actor, shared=shared)
    if SavedView.objects.filter(member_id=_member(actor), record_type=record_type).count() >= MOST_VIEWS:
        raise Refused("too_many_views", _("每种列表最多保存 %d 个视图，请先删除不用的") % MOST_VIEWS)
    view = SavedView(record_type=record_type, name=name, member_id=_member(actor), query=query, shared=shared)
    view.columns = _columns(declared.seen_by(actor), columns)
    record(actor, view)
    return view


@action("views.change", on=SavedView, needs="views.keep", label=gettext_lazy("修改视图"), icon="pencil")
def change_view(
    actor: Actor, view_id: int, *, name: Name = "", query: NewQuery = None, shared: NewShared = None
) -> SavedView:
    """Rename, share or replace the filters of one's own view. Raises NotFound, Forbidden or Refused."""
    view = _own(actor, view_id)
    if query is not None:
        _check_query(actor, RECORD_TYPES[view.record_type], query)
        view.query = query
    if shared is not None and shared != view.shared:
        _check_sharing(actor, shared=shared)
        view.shared = shared
    view.name = name or view.name
    record(actor, view)
    return view


@action("views.remove", on=SavedView, needs="views.keep", label=gettext_lazy("删除视图"), icon="trash", danger=True)
def remove_view(actor: Actor, view_id: int) -> SavedView:
    """Remove one's own view; the event keeps it. Raises NotFound or Forbidden."""
    view = _own(actor, view_id)
    ListChoice.objects.filter(record_type=view.record_type, view=f"v{view.pk}").delete()
    record_removal(actor, view)
    return view


@action(
    "views.columns",
    on=None,
    needs="views.keep",
    label=gettext_lazy("设置列"),
    icon="columns-3",
    silent="how one reads a list is no business event",
)
def choose_columns(actor: Actor, *, record_type: TypeKey, view: ViewKey, columns: Columns = "") -> None:
    """Choose the columns of one view for oneself; none means the view's own."""
    declared = _type(actor, record_type)
    ListChoice.objects.update_or_create(
        member_id=_member(actor),
        record_type=record_type,
        view=view,
        defaults={"columns": _columns(declared.seen_by(actor), columns)},
    )


@action(
    "views.open_with",
    on=None,
    needs="views.keep",
    label=gettext_lazy("设为默认视图"),
    icon="pin",
    silent="how one reads a list is no business event",
)
def open_with(actor: Actor, *, record_type: TypeKey, view: ViewKey) -> None:
    """Let a list open with this view."""
    _type(actor, record_type)
    mine = ListChoice.objects.filter(member_id=_member(actor), record_type=record_type)
    mine.filter(opens=True).update(opens=False)
    ListChoice.objects.update_or_create(
        member_id=_member(actor), record_type=record_type, view=view, defaults={"opens": True}
    )


def _member(actor: Actor) -> int:
    if actor.member_id is None:
        raise Refused("no_member", _("列表视图属于成员，系统不能保存"))
    return actor.member_id


def _type(actor: Actor, key: str) -> RecordType:
    declared = RECORD_TYPES.get(key)
    if declared is None or not actor.may(declared.grant("see")):
        raise NotFound
    return declared


def _own(actor: Actor, view_id: int) -> SavedView:
    view = view_for(actor, view_id, lock=True)
    if view.member_id != actor.member_id:
        raise Forbidden(_("只能修改自己保存的视图"))
    return view


def _check_query(actor: Actor, declared: RecordType, query: str) -> None:
    read_query(actor, declared, parse_qs(query, keep_blank_values=True))


def _check_sharing(actor: Actor, *, shared: bool) -> None:
    if shared and not actor.may("views.share"):
        raise Forbidden(_("您没有共享视图的权限，可先保存为自己的视图"))


def _columns(declared: RecordType, columns: str) -> list[str]:
    keys = [key for key in columns.split(",") if key in declared.keys]
    return list(dict.fromkeys(keys))
