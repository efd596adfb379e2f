"""The one way to say no. Every surface shows a Refused in its own manner (form error, 409/422, import row)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import gettext as _


class Refused(Exception):
    """A rule said no. `message` is for people; `field` names the input to mend; `status` is the HTTP answer; what is to
    be written down in spite of it is done `afterwards`, once nothing else was."""

    status = 422

    def __init__(
        self,
        code: str,
        message: str,
        field: str | None = None,
        *,
        errors: Mapping[str, str] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.errors: dict[str, str] = dict(errors or ({field: message} if field else {}))
        self.facts: dict[str, Any] = dict(facts or {})
        self.afterwards: Callable[[], None] | None = None

    def written_down(self) -> Refused:
        """This refusal once what is to be written down is, or the one that is told instead when that was refused."""
        write, self.afterwards = self.afterwards, None
        try:
            if write:
                write()
        except Refused as instead:
            return instead
        return self


_around: ContextVar[bool] = ContextVar("around", default=False)


@contextmanager
def afterwards() -> Iterator[None]:
    """Around a transaction: what a refusal wants written down is, once the transaction has been rolled back. Of several
    around each other the outermost does it: what an inner one writes, an outer transaction would take back."""
    inner = _around.get()
    token = _around.set(True)
    try:
        yield
    except Refused as refusal:
        told = refusal if inner else refusal.written_down()
        if told is refusal:
            raise
        raise told from None
    finally:
        _around.reset(token)


class Invalid(Refused):
    """Several inputs are wrong at once; `errors` maps each field to its message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        first = next(iter(errors), None)
        super().__init__("invalid", errors[first] if first else _("输入有误"), first, errors=errors)


class Forbidden(Refused):
    """The actor may see the row (or knows the verb) but may not do this."""

    status = 403

    def __init__(self, message: str = "", code: str = "forbidden") -> None:
        super().__init__(code, message or _("您没有权限执行此操作，请联系管理员开通"))


class NotFound(Refused):
    """Absent and forbidden look the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__("not_found", _("没有找到，或您无权查看"))


class Stale(Refused):
    """Somebody else changed the same fields meanwhile. `facts['differences']` maps field to (theirs, mine)."""

    status = 409

    def __init__(self, differences: Mapping[str, tuple[Any, Any]], version: int) -> None:
        super().__init__(
            "stale",
            _("在您编辑期间，别人已修改了这条记录，请核对后再保存"),
            facts={"differences": dict(differences), "version": version},
        )
