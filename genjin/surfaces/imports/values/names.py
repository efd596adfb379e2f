"""Names of contacts: several in one cell, with a title (李经理, 王小姐), with the phone behind."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from genjin.kernel import normal
from genjin.kernel.folding import is_han
from genjin.kernel.tables import Cell
from genjin.surfaces.imports.values import texts
from genjin.surfaces.imports.values.found import Asked, Found, Reader, is_nothing, plain, refuse_broken, written

GENDERS = {"先生": "m", "男士": "m", "小姐": "f", "女士": "f", "太太": "f", "夫人": "f"}
_POSITIONS = (
    "董事长|总经理|副总经理|副总裁|总裁|副总|总监|副总监|总工程师|总工|采购经理|采购总监|销售经理|项目经理|采购员|采购主管|采购|经理|副经理|厂长|副厂长|主任|副主任"
    "|主管|部长|副部长|科长|处长|局长|院长|校长|会计|财务|出纳|工程师|主办|组长|店长|老板娘?|老师|教授|博士|医生|律师|助理|秘书|秘书长|书记|所长|站长"
)
_TITLED = re.compile(rf"(.{{1,6}}?)[ ·]?({_POSITIONS}|{'|'.join(GENDERS)})")
_BRACKETED = re.compile(r"(.+?) ?[(（【\[]([^()（）【】\[\]]{1,20})[)）】\]]")
_PHONE = re.compile(r"^(\D{1,12}?)[ :：(]*(\(?\+?\d[\d\s()-]{5,}\d)\)?$")
_BETWEEN = re.compile(r"[、,;|/\n\r]+|\s+(?:和|及|&)\s+")
_DOUBLE = frozenset(
    (
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "司徒",
        "夏侯",
        "令狐",
        "端木",
        "独孤",
        "南宫",
        "西门",
    )
)
MOST = 8


def reader(asked: Asked) -> Reader:
    """Reads the name of a contact; its title becomes the position or the salutation where nothing else gives them."""
    line = texts.reader(asked)

    def read(cell: Cell) -> object:
        if cell is None:
            return None
        text = "\n".join(plain(one) for one in written(cell).splitlines()).strip()
        refuse_broken(text)
        if is_nothing(text):
            return None
        pieces = [piece.strip() for piece in _split(text)]
        if len(pieces) == 1:
            return _one(pieces[0], line)
        people = [_one(piece, line) for piece in pieces]
        return _several(people)

    return read


def _split(text: str) -> list[str]:
    """The people of a cell: parted by signs, or by spaces between whole Chinese names."""
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip()]
    if len(pieces) == 1 and " " in text:
        spaced = text.split(" ")
        if all(2 <= len(piece) <= 4 and all(map(is_han, piece)) for piece in spaced):
            return [text] if "".join(spaced[1:]) in GENDERS or _TITLED.fullmatch("张" + spaced[1]) else spaced
    return pieces if 1 <= len(pieces) <= MOST else [text]


def _one(text: str, line: Reader) -> object:
    """One name, bare where what stands behind it is surely a phone, a position or a salutation."""
    others: dict[str, object] = {}
    phoned = _PHONE.match(text)
    if phoned and (phone := normal.check_phone(phoned[2])).ok:
        text, others["phone"] = phoned[1].strip(), phone.normal
    rest: tuple[str, ...] = ()
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        text, aside = bracketed[1], bracketed[2]
        if aside in GENDERS or aside in ("男", "女"):
            others["gender"] = GENDERS.get(aside) or ("m" if aside == "男" else "f")
        elif re.search(rf"(?:{_POSITIONS})$", aside):
            others["position"] = aside
        else:
            rest = (aside,)
    name = _without_title(text, others)
    value = line(name)
    if not others and not rest:
        return value
    words = _("姓名拆成：%(name)s") % {"name": name} if name != text or phoned or bracketed else ""
    return Found(value, others, rest, words)


def _without_title(text: str, others: dict[str, object]) -> str:
    """`张三经理` is 张三; of 李经理 and 欧阳先生 nobody knows more than the family name, so the whole stays."""
    titled = _TITLED.fullmatch(text)
    if not titled:
        return text
    name, title = titled[1], titled[2]
    if not all(is_han(char) for char in name):
        return text
    if title in GENDERS:
        others.setdefault("gender", GENDERS[title])
    else:
        others.setdefault("position", title)
    return text if len(name) < 2 or name in _DOUBLE else name


def _several(people: list[object]) -> Found:
    first = people[0]
    names = tuple(one.value if isinstance(one, Found) else one for one in people)
    others = first.others if isinstance(first, Found) else {}
    rest = tuple(words for one in people if isinstance(one, Found) for words in one.rest)
    return Found(names[0], others, rest, several=tuple(people))
