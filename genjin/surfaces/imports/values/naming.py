"""Names in free words of which others were written before (products): one that is nearly such a name is asked about
once, a new one is taken as it stands.
"""

from __future__ import annotations

from difflib import get_close_matches

from django.utils.translation import gettext as _

from genjin.kernel.actor import Actor
from genjin.kernel.fields import Named
from genjin.kernel.folding import fold
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import LEAVE, CellProblem
from genjin.surfaces.imports.values.found import Asked, Reader, is_nothing, plain, refuse_broken, shortened, written

LIKE = 0.85


class Names:
    """Names that were written before."""

    def __init__(self, field: Named, actor: Actor) -> None:
        self.known = list(field.written(actor))
        self._exact = {plain(name).casefold(): name for name in reversed(self.known)}
        self._bare: dict[str, str] = {}
        for name in self.known:
            self._bare.setdefault(bare(name), name)

    def certain(self, text: str) -> str | None:
        """The known name that a plain text is."""
        return self._exact.get(text.casefold())

    def likely(self, text: str) -> str:
        """The known name that it may be meant for; '' for none."""
        words = bare(text)
        if words in self._bare:
            return self._bare[words]
        like = get_close_matches(words, self._bare, n=1, cutoff=LIKE)
        return self._bare[like[0]] if like and _numbers(like[0]) == _numbers(words) else ""


def reader(asked: Asked) -> Reader:
    """Reads a name: a known one, what was answered for it, else the text itself."""
    assert isinstance(asked.field, Named)
    names = Names(asked.field, asked.actor)

    def read(cell: Cell) -> str | None:
        text = text_of(cell)
        if text is None:
            return None
        answer = asked.rule.options.get(text)
        if answer == LEAVE:
            return None
        if answer is not None:
            return str(asked.parse(answer))
        known = names.certain(text)
        if known is not None:
            return known
        likely = names.likely(text)
        if likely:
            facts = {"field": asked.label, "text": shortened(text), "known": likely}
            words = _("「%(field)s」里没有写过“%(text)s”，是不是“%(known)s”？请改写，或在「匹配列」里选定")
            raise CellProblem(words % facts, likely)
        return str(asked.parse(text))

    return read


def text_of(cell: Cell) -> str | None:
    """The text by which answers are kept."""
    text = plain(written(cell)) if cell is not None else ""
    refuse_broken(text)
    return None if is_nothing(text) else text


def bare(text: str) -> str:
    """A name without spaces, signs and capitals: what is equal so is written twice."""
    return "".join(char for char in fold(text) if char.isalnum())


def _numbers(text: str) -> str:
    """The digits of a name: with others it is another product."""
    return "".join(char for char in text if char.isdigit())
