"""Yes and no in all the ways they are ticked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from genjin.kernel.tables import Cell
from genjin.surfaces.imports.rules import CellProblem
from genjin.surfaces.imports.values.found import Asked, Reader, is_nothing, plain, refuse_broken, shortened, written

_YES = (
    "1 1.0 true t yes y on [x] 是 是的 有 对 对的 真 开 开启 启用 已 要 需要 可以 能 同意 勾选 √ ✓ ✔ ☑ v 主 主要 首要"
)
_NO = (
    "0 0.0 false f no n off [] 否 不是 无 没有 没 错 不对 假 关 关闭 停用 未 不要 不需要 不可以 不能 不 不同意"
    " × ✗ ✘ ☐ □ ✕ ╳ x 次要"
)
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())


def reader(asked: Asked) -> Reader:
    """Reads True and False."""

    def read(cell: Cell) -> bool | None:
        if cell is None:
            return None
        if isinstance(cell, bool):
            return cell
        text = plain(written(cell))
        refuse_broken(text)
        found = said(text)
        if found is None and not is_nothing(text, unknown=False):
            words = _("「%(field)s」看不懂“%(text)s”，应填是或否（也可以写 √、×、有、无、Y、N、1、0）")
            raise CellProblem(words % {"field": asked.label, "text": shortened(text)})
        return found

    return read


def said(text: str) -> bool | None:
    """What a plain text says; None when it is neither yes nor no."""
    lowered = text.casefold().rstrip("。.!")
    return True if lowered in YES else False if lowered in NO else None
