"""Jinja's machinery where a page goes through it a thousand times: calls, and what stands between braces. The same
results, by shorter ways.

Not here: what templates may use (`jinja`).
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]  # what `escape` does, without the wrapping


class PageContext(Context):
    """Calls macros and plain functions at once; Jinja first asks each, and what it is called by, what it wants passed.
    Everything here escapes, so a macro need not be told so."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - names that no keyword can have
        """The result of a call in a template."""
        kind = type(__obj)
        if kind is Macro or (kind is FunctionType and not hasattr(__obj, "jinja_pass_arg")):
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class PageCode(CodeGenerator):
    """Writes `written(…)` where Jinja writes `escape(…)`: most of it is markup already and need not become it again."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


def written(value: Any) -> str:
    """A value as it stands in a page; text is escaped. Bare words are made no markup, for they are joined at once."""
    kind = type(value)
    if kind is str:
        return escaped(value)
    return value if kind is Markup else escape(value)
