"""How events look on a timeline: icon and tone per action, its note in words, days as headings.

Areas register the look of their own actions (`register_look`) and the words of the notes they write (`register_note`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import people
from genjin.kernel.actions import ACTIONS
from genjin.kernel.actor import Actor
from genjin.kernel.careful import CONFIRMED, words_of
from genjin.kernel.timeline import Change, Entry
from genjin.ui.formats import Formats

NoteWords = Callable[[Actor, Any], str]


@dataclass(frozen=True)
class Look:
    """Icon and tone of an action's entries, and the note's key whose text is the entry's body."""

    icon: str
    tone: str = ""
    body: str = ""
    words: str | Promise = ""


@dataclass(frozen=True)
class EntryView:
    """An entry as drawn."""

    id: int
    icon: str
    tone: str
    who: str
    label: str
    clock: str
    exact: str
    body: str
    notes: list[tuple[str, str]]
    changes: Sequence[Change]
    surface: str
    undone: bool = False


_looks: dict[str, Look] = {}
_notes: dict[str, tuple[str | Promise, NoteWords]] = {}
SURFACES = {
    "api": gettext_lazy("接口"), "import": gettext_lazy("导入"), "job": gettext_lazy("系统"), "cli": "CLI",
    "form": gettext_lazy("公开表单"),
}  # fmt: skip
_VERB_TONES = {"create": "ok", "void": "bad", "archive": "warn", "transfer": "info", "restore": "ok", "pause": "warn"}


def register_look(action: str, look: Look) -> None:
    """Say how entries of an action look."""
    _looks[action] = look


def register_note(key: str, label: str | Promise, words: NoteWords | None = None) -> None:
    """Say what a note's key is called and how its value reads (default: as text)."""
    _notes[key] = (label, words or _plain)


def look_of(action: str) -> Look:
    """The registered look, else the action's own icon and a tone after its verb."""
    known = _looks.get(action)
    if known is not None:
        return known
    declared = ACTIONS.get(action)
    return Look(declared.icon if declared else "history", _VERB_TONES.get(action.rpartition(".")[2], ""))


def by_day(actor: Actor, fmt: Formats, entries: Iterable[Entry]) -> list[tuple[str, list[EntryView]]]:
    """[(day heading, entries)] in the reader's zone."""
    days: list[tuple[str, list[EntryView]]] = []
    undone = set()
    for entry in entries:  # what was undone stands below what undid it
        undone.add(entry.note.get("undoes"))
        heading = fmt.day_heading(entry.at)
        if not days or days[-1][0] != heading:
            days.append((heading, []))
        days[-1][1].append(_drawn(actor, fmt, entry, undone=entry.event_id in undone))
    return days


def _drawn(actor: Actor, fmt: Formats, entry: Entry, *, undone: bool) -> EntryView:
    look = look_of(entry.action)
    return EntryView(
        id=entry.event_id,
        icon=look.icon,
        tone=look.tone,
        who=entry.who or _("系统"),
        label=str(look.words or entry.label),
        clock=fmt.clock(entry.at),
        exact=fmt.moment(entry.at),
        body=str(entry.note.get(look.body, "")) if look.body else "",
        notes=[
            (str(label), words(actor, entry.note[key]))
            for key, (label, words) in _notes.items()
            if key in entry.note and key != look.body and entry.note[key] not in ("", None)
        ],
        changes=[] if entry.action.endswith(".create") else entry.changes,
        surface=str(SURFACES.get(entry.surface, "")),
        undone=undone,
    )


def _plain(_actor: Actor, value: Any) -> str:
    return str(value)


def _member(actor: Actor, value: Any) -> str:
    return people.directory().member_name(int(value), actor.stamp)


def _action_label(_actor: Actor, value: Any) -> str:
    declared = ACTIONS.get(str(value))
    return str(declared.label if declared else value)


register_note("undone", gettext_lazy("撤销"), _action_label)
register_note("reason", gettext_lazy("原因"))
register_note("note", gettext_lazy("说明"))
register_note("teammate", gettext_lazy("团队成员"), _member)
register_note("teammate_removed", gettext_lazy("移出团队"), _member)
register_note("address", gettext_lazy("地址"))
register_note("address_removed", gettext_lazy("删除地址"))
register_note(CONFIRMED, gettext_lazy("确认保存"), lambda _actor, kinds: words_of(kinds))
