"""The audit log: events newest first, filtered, paged by id. Values of a record are shown only to who may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.careful import CONFIRMED, words_of
from genjin.kernel.company_settings import Leaf, from_json, leaves
from genjin.kernel.masking import mask_email, mask_phone
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.models.events import Event, EventLink, EventPayload
from genjin.kernel.models.options import Option, Setting
from genjin.kernel.options import LISTS, options_of
from genjin.kernel.records import RECORD_TYPES, by_plural
from genjin.kernel.timeline import describe_changes, titles_pointed_at
from genjin.kernel.viewing import WORDS
from genjin.kernel.wording import listed
from genjin.org.field_rights import rights_words, words_for
from genjin.org.queries import organisation
from genjin.org.queries.audit_words import words_of_attributes, words_of_fields
from genjin.org.snapshot import Organisation

MOST_LINKS = 5


@dataclass(frozen=True)
class Asked:
    """What the log is asked for; None and '' mean all."""

    member_id: int | None = None
    action: str = ""
    row_type: str = ""
    surface: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass
class Concerned:
    """One row an event is about: its title where it may be seen, the address parts, the changes in words."""

    row_type: str
    row_id: int
    kind: str
    title: str = ""
    plural: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Line:
    """One event as the log shows it."""

    event: Event
    who: str
    label: str
    rows: list[Concerned]
    more: int
    note: list[tuple[str, str]]


def audit_page(actor: Actor, asked: Asked, most: int = 50) -> tuple[list[Line], int | None]:
    """(lines newest first, id to go on before or None). Raises Forbidden without the grant. Its queries do not
    grow with the rows."""
    actor.demand("audit.see")
    found = _found(actor, asked, most + 1)
    events, rest = found[:most], found[most:]
    links = _links([event.pk for event in events])
    rows = _rows(actor, chain.from_iterable(links.values()))
    lines = [_line(actor, event, links.get(event.pk, []), rows) for event in events]
    return lines, events[-1].pk if rest else None


def _found(actor: Actor, asked: Asked, most: int) -> list[Event]:
    events = _filtered(actor, asked)
    if asked.member_id is None:
        return list(events[:most])
    about = EventLink.objects.filter(row_id=asked.member_id).values("event_id")
    both = {e.pk: e for e in chain(events.filter(member_id=asked.member_id)[:most], events.filter(pk__in=about)[:most])}
    return sorted(both.values(), key=lambda event: -event.pk)[:most]


def _filtered(actor: Actor, asked: Asked) -> QuerySet[Event]:
    events = Event.objects.order_by("-id")
    if asked.action:
        events = events.filter(action=asked.action)
    if asked.surface:
        events = events.filter(surface=asked.surface)
    if asked.row_type:
        events = events.filter(pk__in=EventLink.objects.filter(row_type=asked.row_type).values("event_id"))
    if asked.since:
        events = events.filter(at__gte=_midnight(actor, asked.since))
    if asked.until:
        events = events.filter(at__lt=_midnight(actor, asked.until + timedelta(days=1)))
    if asked.before:
        events = events.filter(pk__lt=asked.before)
    return events


def _midnight(actor: Actor, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=actor.zone)


def _links(event_ids: list[int]) -> dict[int, list[EventLink]]:
    grouped: dict[int, list[EventLink]] = {}
    for link in EventLink.objects.filter(event_id__in=event_ids).order_by("event_id", "row_id"):
        grouped.setdefault(link.event_id, []).append(link)
    return grouped


def _rows(actor: Actor, links: Iterable[EventLink]) -> dict[tuple[int, int], Concerned]:
    """{(event, row): the row with its changes}, the first few of each event."""
    shown: dict[int, list[EventLink]] = {}
    for link in links:
        within = shown.setdefault(link.event_id, [])
        if len(within) < MOST_LINKS:
            within.append(link)
    chosen = list(chain.from_iterable(shown.values()))
    titles = _titles(actor, chosen)
    settings = _settings(actor, chosen)
    payloads = EventPayload.objects.filter(
        event_id__in=list(shown), row_id__in={link.row_id for link in chosen}
    ).values_list("event_id", "row_id", "changes")
    changes = {(event_id, row_id): values for event_id, row_id, values in payloads}
    of_records = [(RECORD_TYPES.get(link.row_type), changes.get((link.event_id, link.row_id), {})) for link in chosen]
    titles |= titles_pointed_at(
        actor,
        [(declared, values) for declared, values in of_records if declared],
        [(link.row_type, link.row_id) for link in chosen if link.row_type in RECORD_TYPES],
    )
    return {
        (link.event_id, link.row_id): _concerned(
            actor, link, titles, settings, changes.get((link.event_id, link.row_id), {})
        )
        for link in chosen
    }


Titles = Callable[[Sequence[int]], dict[int, str]]
_known_titles: dict[str, Titles] = {}


def register_titles(row_type: str, titles: Titles) -> None:
    """Let a higher area say what its rows without a declaration are called: {id: title} in one query."""
    _known_titles[row_type] = titles


def _titles(actor: Actor, links: Sequence[EventLink]) -> dict[int, str]:
    org = organisation(actor)
    further: dict[int, str] = {}
    for row_type, titles_by_id in _known_titles.items():
        ids = [link.row_id for link in links if link.row_type == row_type]
        further |= titles_by_id(ids) if ids else {}
    titles = {person.id: person.name for person in org.people.values()}
    titles |= {node.id: node.name for node in org.departments.values()}
    titles |= {role.id: role.name for role in org.roles.values()}
    fields = [link.row_id for link in links if link.row_type == "own_field"]
    titles |= dict(OwnField.objects.filter(pk__in=fields).values_list("pk", "label")) if fields else {}
    titles |= _option_titles(actor, [link.row_id for link in links if link.row_type == "option"])
    return titles | further


def _settings(actor: Actor, links: Sequence[EventLink]) -> dict[int, Leaf]:
    """{row: what it sets} of the settings among the rows."""
    ids = [link.row_id for link in links if link.row_type == "setting"]
    known = leaves(actor.stamp) if ids else {}
    keys = Setting.objects.filter(pk__in=ids).values_list("pk", "key") if ids else ()
    return {row_id: known[key] for row_id, key in keys if key in known}


def _option_titles(actor: Actor, ids: list[int]) -> dict[int, str]:
    titles = {}
    for row in Option.objects.filter(pk__in=ids) if ids else ():
        option = options_of(row.list_key, actor.stamp).get(row.key)
        declared = LISTS.get(row.list_key)
        titles[row.pk] = f"{declared.label if declared else row.list_key} · {option.label if option else row.key}"
    return titles


def _concerned(
    actor: Actor, link: EventLink, titles: dict[int, str], settings: dict[int, Leaf], changes: dict[str, Any]
) -> Concerned:
    declared, leaf = RECORD_TYPES.get(link.row_type), settings.get(link.row_id)
    title = titles.get(link.row_id, leaf.label if leaf else "")
    row = Concerned(link.row_type, link.row_id, kind_of(link.row_type), title)
    if leaf is not None:
        before, after = (leaf.field.text(from_json(leaf, value), actor) for value in changes.get("value", (None, None)))
        row.changes = [(_("设置值"), before, after)]
    elif declared is None:
        known = words_of_attributes() | (words_of_fields() if link.row_type == "own_field" else {})
        row.changes = [_plain(actor, name, known[name], *values) for name, values in changes.items() if name in known]
    elif row.title:
        row.plural = declared.plural
        described = describe_changes(actor, declared, changes, titles)
        row.changes = [(str(change.field.label), change.before, change.after) for change in described]
    return row


def _plain(actor: Actor, name: str, label: str, before: Any, after: Any) -> tuple[str, str, str]:
    return label, _words(actor, name, before), _words(actor, name, after)


def _words(actor: Actor, name: str, value: Any) -> str:
    """A stored value of a row without a declaration, in words; phones and mail addresses are masked."""
    org = organisation(actor)
    if value is None or value == "":
        return ""
    if name.endswith("_at") and (moment := parse_datetime(str(value))):
        return moment.astimezone(actor.zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "phone":
        return mask_phone(str(value))
    if name == "email":
        return mask_email(str(value))
    if name.endswith("_id") and isinstance(value, int):
        known = org.departments.get(value) or org.people.get(value)
        return known.name if known else str(value)
    if isinstance(value, dict):
        words = rights_words(value, actor.stamp) if name == "fields" else listed(_pair(*pair) for pair in value.items())
        return words[:300]
    return listed(_named(org, one) for one in value) if isinstance(value, list) else str(value)[:200]


def _named(org: Organisation, value: Any) -> str:
    known = None
    if isinstance(value, int):
        known = org.departments.get(value) or org.people.get(value) or org.roles.get(value)
    return known.name if known else str(value)


def _pair(key: str, value: Any) -> str:
    words = listed(map(str, value)) if isinstance(value, list) else value
    return f"{key}={words}" if words else str(key)


def _line(actor: Actor, event: Event, links: list[EventLink], rows: dict[tuple[int, int], Concerned]) -> Line:
    person = organisation(actor).people.get(event.member_id or 0)
    action = ACTIONS.get(event.action)
    shown = [rows[event.pk, link.row_id] for link in links[:MOST_LINKS]]
    words = words_of_notes()
    return Line(
        event=event,
        who=person.name if person else _("系统"),
        label=str(action.label) if action else event.action,
        rows=shown,
        more=len(links) - len(shown),
        note=[(words[key], _note(actor, key, value)) for key, value in event.note.items() if key in words],
    )


def _note(actor: Actor, key: str, value: Any) -> str:
    if key == "revealed":
        return words_for(actor, str(value))
    if isinstance(value, list):
        return words_of(value)[:300]
    declared = by_plural(str(value))
    if declared is not None:
        return str(declared.many)
    if str(value) in WORDS:
        return str(WORDS[str(value)])
    return {
        "failed": _("失败"),
        "signed_in": _("已登录"),
        "signed_out": _("已退出"),
        "reset": _("已重设"),
        "issued": _("已发放"),
        "mailed": _("已邮寄"),
    }.get(str(value), str(value)[:120])


def words_of_notes() -> dict[str, str]:
    """Which notes of events the log shows, and what they are called."""
    return {
        "address": _("网络地址"),
        "result": _("结果"),
        "reset": _("重设码"),
        "reason": _("原因"),
        "revealed": _("字段"),
        "list": _("列表"),
        "filters": _("筛选"),
        "columns": _("列"),
        "counted": _("预计行数"),
        "rows": _("行数"),
        "downloaded": _("下载的文件"),
        "full": _("含完整值"),
        "sha256": _("文件校验值"),
        "device": _("设备"),
        "ended": _("结束会话"),
        CONFIRMED: _("确认保存"),
        "viewing": _("查看异常"),
        "hourly": _("近一小时"),
        "daily": _("当天"),
        "line": _("提醒线"),
    }


def kind_of(row_type: str) -> str:
    """What a kind of row is called."""
    declared = RECORD_TYPES.get(row_type)
    return str(declared.label) if declared else kinds().get(row_type, row_type)


def kinds() -> dict[str, str]:
    """The kinds of rows that are no records."""
    return {
        "member": _("成员"),
        "department": _("部门"),
        "role": _("角色"),
        "company": _("公司"),
        "option": _("选项"),
        "setting": _("业务设置"),
        "access_token": _("令牌"),
        "holiday": _("节假日"),
        "holiday_year": _("节假日年份"),
        "code_series": _("编号规则"),
        "teammate": _("团队成员"),
        "sharing_rule": _("共享规则"),
        "merge": _("合并记录"),
        "own_field": _("字段"),
        "layout": _("布局"),
        "file": _("附件"),
        "comment": _("评论"),
        "export": _("导出"),
        "address": _("地址"),
        "phrase": _("话术"),
        "calendar_feed": _("日历订阅"),
        "followup_sheet": _("统计表下载"),
        "saved_view": _("视图"),
        "import": _("导入"),
        "robot": _("群机器人"),
        "mail_server": _("邮件服务器"),
        "push_service": _("浏览器推送"),
        "device": _("接收推送的设备"),
        "reminder_choice": _("提醒方式"),
        "lead_form": _("公开表单"),
        "form_channel": _("渠道码"),
        "form_submission": _("表单提交"),
    }


def surfaces() -> list[tuple[str, str]]:
    """The ways in, with their words."""
    return [
        ("web", _("网页")),
        ("api", _("接口")),
        ("import", _("导入")),
        ("job", _("后台任务")),
        ("cli", _("命令行")),
        ("setup", _("首次设置")),
        ("form", _("公开表单")),
    ]
