"""How a stored value is drawn in a cell. One writer per column, made once per page: rows are many, columns few."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, Date, DateTime, Field, MultiChoice, RecordRef
from genjin.kernel.fields.numbers import Money, Number
from genjin.kernel.fields.own import OwnMoney
from genjin.kernel.fields.veiled import Veiled
from genjin.kernel.masked_classes import InLists, in_lists
from genjin.kernel.records import RecordType
from genjin.kernel.wording import in_sentence
from genjin.ui.addresses import record_url
from genjin.ui.formats import Due, Formats, ell, file_size, money, number
from genjin.ui.icons import icon

Writer = Callable[[Any], Markup]
NOTHING = Markup('<span class="dim nil">—</span>')
MOST_TAGS = 3
MOST_TEXT = 80
MOST_FILES = 1
GRADES = set("ABCDE")


def writer(
    actor: Actor,
    field: Field,
    fmt: Formats,
    titles: Mapping[int, str],
    *,
    masked: bool = True,
    owned: bool = False,
    due: bool = True,
    eye: str | None = None,
) -> Writer:
    """What draws the values of a field; personal values are masked unless `masked` is off. `titles`: of the records
    that a RecordRef column points at; `owned`: the records are the actor's own; `eye`: where a masked value is shown in
    full (the address of the record, '' in rows, which know it), None where that is not offered;
    `due`: dates are still to come, or late."""
    if isinstance(field, RecordRef):
        return _record(field, titles)
    if isinstance(field, DateTime | Date):
        return _due(fmt) if field.due and due else lambda value: escape(fmt.when(value)) if value else NOTHING
    if isinstance(field, MultiChoice):
        return lambda value: _tags(actor, field, value or ())
    if isinstance(field, Money) or (isinstance(field, OwnMoney) and field.unit == OwnMoney.unit):
        return _money if masked else _remembered(lambda value: escape(_yuan(value)) if value is not None else NOTHING)
    if isinstance(field, Number):
        return _number(field)
    if isinstance(field, Choice):
        return _remembered(lambda value: _choice(actor, field, value))
    if field.kind == "yesno":
        return lambda value: icon("check", "s") if value else NOTHING
    if field.kind in ("url", "files"):
        return _link if field.kind == "url" else _files(MOST_FILES if masked else 0)
    shown = in_lists(actor, field)
    hides = masked and shown is not InLists.FULL and not (owned and shown is InLists.OWNER)
    words = field.masked if hides else field.text
    around = _eye(field, eye) if eye is not None and (hides or isinstance(field, Veiled)) else escape
    cut = (lambda text: ell(text, MOST_TEXT)) if masked else str

    def write(value: Any) -> Markup:
        text = words(value, actor) if value not in (None, "") else ""
        return around(cut(text)) if text else NOTHING

    return _remembered(write)


def _eye(field: Field, at: str) -> Callable[[str], Markup]:
    """What draws a masked text as the button that shows it in full; where its record's address is known as a link,
    which needs no script."""
    title = _("查看完整的%(label)s") % {"label": in_sentence(str(field.label))}
    if at:
        link = Markup('<a class="eye" href="{}/reveal/{}" data-eye="{}" data-eye-at="{}" title="{}" rel="nofollow">')
        opening, closing = link.format(at, field.key, field.key, at, title), Markup("</a>")
    else:
        button = Markup('<button class="eye" type="button" data-eye="{}" title="{}">')
        opening, closing = button.format(field.key, title), Markup("</button>")
    before, after = str(opening), f"{icon('eye', 's')}{closing}"
    return lambda text: Markup(f"{before}{escape(text)}{after}")  # noqa: S704 - markup around an escaped text


def is_due(field: Field) -> bool:
    """Whether its dates are drawn as what is to come or late."""
    return isinstance(field, DateTime | Date) and field.due


def due_in(record_type: RecordType, values: Mapping[str, Any]) -> bool:
    """Whether dates of a record with these values are due; whoever does not see what tells that is told of all."""
    key, kept = record_type.due_while
    return key not in values or values[key] in kept


def css_class(field: Field) -> str:
    """The class of a field's cells."""
    if isinstance(field, Number):
        return "r num"
    return "num" if field.kind == "phone" else ""


def _remembered(write: Writer) -> Writer:
    """Names, options and regions repeat down a column."""
    known: dict[Any, Markup] = {}

    def remembered(value: Any) -> Markup:
        found = known.get(value)
        if found is None:
            found = known[value] = write(value)
        return found

    return remembered


def _number(field: Number) -> Writer:
    unit, zero = str(field.unit), str(field.zero)

    def write(value: Any) -> Markup:
        if value is None:
            return NOTHING
        return escape(zero) if zero and not value else escape(f"{number(value)}{unit}")

    return write


def _money(value: Any) -> Markup:
    """Short in a list, exact beside it."""
    if value is None:
        return NOTHING
    return Markup(f'<span title="{_yuan(value)}">{money(value)}</span>')  # noqa: S704 - figures and our own words


def _yuan(value: Any) -> str:
    return f"{'-' if value < 0 else ''}¥{number(abs(value))}"


def _record(field: RecordRef, titles: Mapping[int, str]) -> Writer:
    def write(value: Any) -> Markup:
        title = titles.get(value, "")
        if not title:
            return NOTHING
        return Markup(f'<a href="{record_url(field.to, value)}">{escape(title)}</a>')  # noqa: S704 - title is escaped

    return _remembered(write)


def _due(fmt: Formats) -> Writer:
    def toned(due: Due) -> Markup:
        return Markup(f'<span class="{due.tone}-t">{escape(due.text)}</span>')  # noqa: S704 - text is escaped

    def write(value: Any) -> Markup:
        if value is None:
            return NOTHING
        due = fmt.due(value)
        return toned(due) if due.tone else escape(due.text)

    return write


def _choice(actor: Actor, field: Choice, value: Any) -> Markup:
    if not value:
        return NOTHING
    text, tone = field.text(value, actor), field.colour(value, actor)
    if value in GRADES:
        return Markup(f'<span class="st"><span class="gr {value}">{value}</span>{escape(text)}</span>')  # noqa: S704 - a letter
    if not tone:
        return escape(text)
    return Markup(f'<span class="st"><span class="dot {escape(tone)}"></span>{escape(text)}</span>')  # noqa: S704 - escaped


def _tags(actor: Actor, field: MultiChoice, keys: Any) -> Markup:
    if not keys:
        return NOTHING
    shown = Markup(" ").join(
        Markup('<span class="bd {}">{}</span>').format(field.colour(key, actor), Choice.text(field, key, actor))
        for key in keys[:MOST_TAGS]
    )
    more = len(keys) - MOST_TAGS
    return shown + Markup(' <span class="dim num">+{}</span>').format(more) if more > 0 else shown


def _files(most: int) -> Writer:
    """Links by name; on a record's page with their sizes, one below the other."""

    def one(file: Mapping[str, Any]) -> Markup:
        at, name = f"/files/{file['id']}", str(file.get("name", ""))
        link = Markup('<a class="lnk ell" href="{}" download title="{}">{}</a>').format(at, name, name)
        size = Markup(' <span class="dim t-xs num">{}</span>').format(file_size(file.get("size", 0)))
        return Markup('<span class="fl">{}{}{}</span>').format(icon("paperclip", "s"), link, "" if most else size)

    def write(value: Any) -> Markup:
        if not value:
            return NOTHING
        shown, more = value[: most or len(value)], len(value) - most if most else 0
        rest = Markup(' <span class="dim num">+{}</span>').format(more) if more > 0 else Markup("")
        return Markup("").join(map(one, shown)) + rest

    return write


def _link(value: Any) -> Markup:
    if not value or not str(value).startswith(("https://", "http://")):
        return escape(value) if value else NOTHING
    shown = str(value).split("://", 1)[1].rstrip("/")
    return Markup('<a class="lnk" href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(value, shown)
