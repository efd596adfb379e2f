"""From the text of a formula to its tree. Bounded: so many signs, so many parts, so deep, and not further."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from genjin.kernel.formulas.functions import FUNCTIONS
from genjin.kernel.formulas.tokens import JOINING, FormulaError, Token, tokens
from genjin.kernel.formulas.tree import Call, Constant, Node, Read

MOST_SIGNS = 1_000
MOST_PARTS = 200
DEEPEST = 20
CONSTANTS: dict[str, bool] = {"TRUE": True, "是": True, "FALSE": False, "否": False}
_KNOWN = frozenset({*FUNCTIONS, *CONSTANTS})
_COMPARED = ("=", "<>", "<", ">", "<=", ">=")
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", **JOINING}


@lru_cache(maxsize=2_000)
def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError with the place of what is wrong."""
    if len(text) > MOST_SIGNS:
        raise FormulaError(_("公式太长，最多 %d 个字") % MOST_SIGNS, MOST_SIGNS, len(text) - MOST_SIGNS)
    return _Parser(list(tokens(text, _KNOWN))).whole()


class _Parser:
    """Descends from what binds least to what binds most: or, and, not, comparison, sums, products, signs."""

    def __init__(self, given: list[Token]) -> None:
        self.tokens, self.place, self.depth, self.parts = given, 0, 0, 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def whole(self) -> Node:
        """The formula to its end."""
        if self.next.kind == "end":
            raise FormulaError(_("请填写公式"), 0)
        node = self.either()
        if self.next.kind != "end":
            words = _("这里多了「%s」，可能缺少运算符号或括号")
            raise FormulaError(words % self.next.text, self.next.at, self.next.length)
        return node

    def either(self) -> Node:
        node = self.both()
        while self._says("or"):
            self.take()
            node = self._call("OR", node, self.both())
        return node

    def both(self) -> Node:
        node = self.negated()
        while self._says("and"):
            self.take()
            node = self._call("AND", node, self.negated())
        return node

    def negated(self) -> Node:
        if self._says("not") and not self._opens():
            start = self.take()
            self._deeper(start)
            inner = self.negated()
            self.depth -= 1
            return self._made(Call(start.at, inner.at + inner.length - start.at, "NOT", (inner,)))
        return self.comparison()

    def comparison(self) -> Node:
        node = self.sum()
        if self._sign(*_COMPARED):
            sign = self.take()
            node = self._call(sign.text, node, self.sum())
            if self._sign(*_COMPARED):
                raise FormulaError(_("一次只能比较两个值，请用 且 连接"), self.next.at, self.next.length)
        return node

    def sum(self) -> Node:
        node = self.product()
        while self._sign("+", "-"):
            sign = self.take()
            node = self._call(sign.text, node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while self._sign("*", "/"):
            sign = self.take()
            node = self._call(sign.text, node, self.signed())
        return node

    def signed(self) -> Node:
        if self._sign("-", "+"):
            sign = self.take()
            self._deeper(sign)
            inner = self.signed()
            self.depth -= 1
            if sign.text == "+":
                return inner
            return self._made(Call(sign.at, inner.at + inner.length - sign.at, "negative", (inner,)))
        node = self.part()
        while self._sign("%"):
            sign = self.take()
            node = self._made(Call(node.at, sign.at + 1 - node.at, "%", (node,)))
        return node

    def part(self) -> Node:
        """A number, a text, a field, a call, or something in parentheses."""
        token = self.take()
        if token.kind == "number":
            return self._made(Constant(token.at, token.length, Decimal(token.text)))
        if token.kind == "text":
            return self._made(Constant(token.at, token.length, token.text))
        if token.kind == "read":
            if not token.text:
                raise FormulaError(_("请在 { } 里写字段名"), token.at, token.length)
            return self._made(Read(token.at, token.length, token.text))
        if token.kind == "name":
            return self.named(token)
        if token.kind == "sign" and token.text == "(":
            return self.inner(token)
        raise self._missing(token)

    def inner(self, opened: Token) -> Node:
        self._deeper(opened)
        node = self.either()
        self._close(opened)
        self.depth -= 1
        return node

    def named(self, token: Token) -> Node:
        name = token.text.upper()
        if name in CONSTANTS and not self._sign("("):
            return self._made(Constant(token.at, token.length, CONSTANTS[name]))
        function = FUNCTIONS.get(name)
        if function is None:
            words = _("没有「%s」这个函数；字段名要写在 { } 里，文字要加引号")
            raise FormulaError(words % token.text, token.at, token.length)
        if not self._sign("("):
            raise FormulaError(_("「%s」后面缺少括号") % token.text, token.at, token.length)
        opened = self.take()
        self._deeper(opened)
        arguments = self.arguments(opened)
        closed = self._close(opened)
        self.depth -= 1
        length = closed.at + 1 - token.at
        if not function.least <= len(arguments) <= function.most:
            words = _("「%(name)s」的参数个数不对，应写成：%(usage)s")
            raise FormulaError(words % {"name": token.text, "usage": function.usage}, token.at, length)
        return self._made(Call(token.at, length, function.names[0], tuple(arguments)))

    def arguments(self, opened: Token) -> list[Node]:
        if self._sign(")"):
            return []
        found = [self.either()]
        while self._sign(","):
            self.take()
            found.append(self.either())
            if len(found) > MOST_PARTS:
                raise FormulaError(_("公式太复杂，请拆成几个公式字段"), opened.at)
        return found

    def _call(self, function: str, first: Node, second: Node) -> Node:
        return self._made(Call(first.at, second.at + second.length - first.at, function, (first, second)))

    def _made(self, node: Node) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise FormulaError(_("公式太复杂，请拆成几个公式字段"), node.at, node.length)
        return node

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(_("括号套得太深，最多 %d 层") % DEEPEST, token.at, token.length)

    def _close(self, opened: Token) -> Token:
        if not self._sign(")"):
            if self.next.kind == "end":
                raise FormulaError(_("这个括号没有关上"), opened.at)
            raise FormulaError(_("这里应为逗号或右括号"), self.next.at, self.next.length)
        return self.take()

    def _sign(self, *signs: str) -> bool:
        return self.next.kind == "sign" and self.next.text in signs

    def _says(self, word: str) -> bool:
        return self.next.kind == "name" and _WORDS.get(self.next.text.upper()) == word

    def _opens(self) -> bool:
        """Whether a parenthesis follows the next token: then it is a function's name."""
        following = self.tokens[self.place + 1]
        return following.kind == "sign" and following.text == "("

    @staticmethod
    def _missing(token: Token) -> FormulaError:
        if token.kind == "end":
            return FormulaError(_("公式没有写完"), max(token.at - 1, 0))
        return FormulaError(_("「%s」前面少了一个值") % token.text, token.at, token.length)
