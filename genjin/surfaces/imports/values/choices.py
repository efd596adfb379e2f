"""Options: by label, key, synonym or what is surely meant; how many people by the size that holds them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Choice, MultiChoice, Tags
from genjin.kernel.folding import fold
from genjin.kernel.options import LISTS, find_option
from genjin.kernel.tables import Cell
from genjin.kernel.wording import in_every_language, listed
from genjin.plans.fields import Fixed
from genjin.surfaces.imports.rules import LEAVE, NEW, REMARKS, CellProblem
from genjin.surfaces.imports.values import yesno
from genjin.surfaces.imports.values.found import Asked, Found, Reader, is_nothing, plain, refuse_broken, written
from genjin.surfaces.imports.values.said import ANSWERED, SAID

LIKELY = 0.6
MOST_NAMED = 8
_GENERIC = re.compile(r"客户|跟进|沟通|联系|类型|等级|级别|方式|人员|意向|[类级型性户的]$|^[第按]")
_PUNCTUATION = re.compile(r"[\s\-–—_/·.,:;()\[\]'\"“”‘’、，。；：（）【】]+")
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}|[a-z①-⑩])[.、)\]．:：\-]\s*")
_SPAN = re.compile(r"(\d+)\s*人?\s*[-~至到—–]\s*(\d+)")
_LOW, _HIGH = (
    re.compile(r"(\d+)\s*人?\s*(?:以上|及以上|\+|起)|>=?\s*(\d+)"),
    re.compile(r"(\d+)\s*人?\s*(?:以下|以内)|<=?\s*(\d+)"),
)
_PEOPLE = re.compile(r"(?:约|大约|近)?\s*(\d+)\s*(?:多|余|来)?\s*[个名]?人?(?:左右|员工)?")


class Options:
    """What the texts of a list's options are, made plain once: {words: key}."""

    def __init__(self, field: Choice, actor: Actor) -> None:
        self.field = field
        self.options = field.choices(actor)
        self.words: dict[str, str] = {}
        for text, key in self._words():
            self.words.setdefault(bare(text), key)
        cores = Counter((core(text), key) for text, key in self._words())
        owners = Counter(text for text, _key in cores)
        self.cores = {text: key for text, key in cores if text and owners[text] == 1}
        self.sizes = [(low, high, key) for key, label in self._labels() for low, high in [_span(label)] if low or high]

    def _labels(self) -> Iterator[tuple[str, str]]:
        for key, option in self.options.items():
            for label in (*in_every_language(option.label), option.english):
                if label:
                    yield key, label

    def _words(self) -> Iterator[tuple[str, str]]:
        for key, label in self._labels():
            yield label, key
        declared = LISTS[self.field.options].synonyms if self.field.options in LISTS else {}
        yield from ((word, key) for word, key in declared.items() if key in self.options)
        yield from ((key, key) for key in self.options)
        yield from ((word, key) for word, key in SAID.get(self.field.options, {}).items() if key in self.options)

    def certain(self, text: str) -> str | None:
        """The key of the option that a plain text surely means."""
        words = bare(text)
        found = (
            self.words.get(words) or self.words.get(bare(_NUMBERED.sub("", fold(text)))) or self.cores.get(core(text))
        )
        return found or self._by_parts(text) or self._by_size(text)

    def likely(self, text: str) -> tuple[str, float]:
        """The key of the option most like a text, and how like it is."""
        words = bare(text)
        scored = [(_likeness(words, known), key) for known, key in self.words.items() if known]
        score, key = max(scored, default=(0.0, ""))
        return key, score

    def _by_parts(self, text: str) -> str | None:
        """`A-超级VIP客户`, `优质（B类）`: when all parts that mean anything mean the same."""
        parts = [part for part in re.split(r"[-–—_/:：()（）\[\]【】\s]+", text) if part.strip()]
        found = {self.words.get(bare(part)) or self.cores.get(core(part)) for part in parts}
        return found.pop() if len(parts) > 1 and len(found) == 1 else None

    def _by_size(self, text: str) -> str | None:
        """The size that a number of people lies in."""
        found = _PEOPLE.fullmatch(plain(text)) if self.sizes else None
        if not found:
            return None
        number = int(found[1])
        return next((key for low, high, key in self.sizes if (low or 0) <= number <= (high or number)), None)


def reader(asked: Asked) -> Reader:
    """Reads one option, several options, or tags."""
    if isinstance(asked.field, Tags):
        return _Tags(asked).read
    return (_Several if isinstance(asked.field, MultiChoice) else _Single)(asked).read


class _Single:
    def __init__(self, asked: Asked) -> None:
        assert isinstance(asked.field, Choice)
        self.asked = asked
        self.field = asked.field
        self.options = Options(asked.field, asked.actor)

    def read(self, cell: Cell) -> object:
        """The option's key."""
        text = text_of(cell)
        if text is None:
            return None
        answer = self.asked.rule.options.get(text)
        if answer is None:
            found = self.key(text)
            return found if found or is_nothing(text) else self.unknown(text)
        return _answered(answer, text, self.options)

    def key(self, text: str) -> str | None:
        """The key of a plain text; a column that asks 是否 is answered with yes and no."""
        found = find_option(self.field.options, text, self.asked.actor.stamp) if self.field.options else None
        key = found.key if found else self.options.certain(text)
        if key is None and self.field.options in ANSWERED:
            said = yesno.said(text)
            key = None if said is None else ANSWERED[self.field.options][0 if said else 1]
        return key

    def unknown(self, text: str) -> object:
        """Raises CellProblem with the options, and the likely one as a suggestion."""
        live = [str(option.label) for option in self.options.options.values() if not option.retired]
        key, score = self.options.likely(text)
        words = _("「%(field)s」没有“%(text)s”这个选项；可改为：%(options)s，或在「匹配列」里为它选择对应的选项")
        facts = {"field": self.asked.label, "text": text[:40], "options": listed(live[:MOST_NAMED])}
        suggestion = self.field.text(key, self.asked.actor) if score >= LIKELY else ""
        raise CellProblem(words % facts, suggestion)


class _Several(_Single):
    def read(self, cell: Cell) -> object:
        """The keys of the options, parted by signs."""
        text = text_of(cell)
        if text is None:
            return None
        answer = self.asked.rule.options.get(text)
        if answer is not None:
            found = _answered(answer, text, self.options)
            return Found([], rest=found.rest) if isinstance(found, Found) else [found] if found else None
        whole = self.key(text)
        if whole:
            return [whole]
        keys: list[str] = []
        rest: list[str] = []
        for part in parted(text):
            found = _Single.read(self, part)
            if isinstance(found, Found):
                rest += found.rest
            elif found:
                keys.append(str(found))
        value = list(dict.fromkeys(keys))
        return Found(value, rest=tuple(rest)) if rest else value


class _Tags:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def read(self, cell: Cell) -> object:
        """Labels; tags that are not there yet are made by the action."""
        text = text_of(cell)
        if text is None or is_nothing(text):
            return None
        return self.asked.parse([part.lstrip("#").strip() for part in parted(text)])


def parted(text: str) -> list[str]:
    """The parts of a cell that holds several options."""
    return [part.strip() for part in re.split(r"[、,;，；|/\n+]+", text) if part.strip()]


def text_of(cell: Cell) -> str | None:
    """The text by which answers to a column's questions are kept."""
    if cell is None:
        return None
    text = plain(written(cell)).removesuffix(".0") if isinstance(cell, float) else plain(written(cell))
    refuse_broken(text)
    return text or None


def _answered(answer: str, text: str, options: Options) -> object:
    if answer == REMARKS:
        return Found(None, rest=(text,))
    if answer in (LEAVE, NEW):  # what is to be made is there when rows are brought in
        return None
    if answer not in options.options:
        raise CellProblem(_("为“%(text)s”选择的选项已经不在了，请在「匹配列」里重新选择") % {"text": text})
    return answer


def bare(text: str) -> str:
    """A text for comparing: folded, without spaces and signs."""
    return _PUNCTUATION.sub("", fold(text))


def core(text: str) -> str:
    """A text without what all options of such lists share: `一般客户` and `一般类` are 一般."""
    return _GENERIC.sub("", _GENERIC.sub("", _PUNCTUATION.sub("", fold(text))))


def _likeness(text: str, known: str) -> float:
    ratio = SequenceMatcher(None, text, known).ratio()
    inside = len(text) >= 2 and len(known) >= 2 and (text in known or known in text)
    return max(ratio, 0.7) if inside else ratio


def _span(label: str) -> tuple[int | None, int | None]:
    """From and to of `20–99 人`, `1000 人以上`."""
    both = _SPAN.search(label)
    if both:
        return int(both[1]), int(both[2])
    low, high = _LOW.search(label), _HIGH.search(label)
    if low:
        return int(low[1] or low[2]), None
    return (None, int(high[1] or high[2]) - 1) if high else (None, None)


def may_create(field: Choice) -> bool:
    """Whether a list can be given new options at all."""
    return not isinstance(field, Fixed | Tags) and bool(field.options)
