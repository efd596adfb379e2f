"""What the kernel needs to know of members and departments; the area org gives it (`use`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor


class Directory(Protocol):
    """Names and look-ups of people and departments, from memory."""

    def member_name(self, member_id: int, stamp: int) -> str:
        """The member's name, '' when unknown."""
        ...

    def department_name(self, department_id: int, stamp: int) -> str:
        """The department's name, '' when unknown."""
        ...

    def department_of(self, member_id: int, stamp: int) -> int | None:
        """The member's main department."""
        ...

    def find_member(self, text: str, actor: Actor) -> int | None:
        """The active member with this id, name, phone or e-mail; None when there is none or several."""
        ...

    def find_department(self, text: str, actor: Actor) -> int | None:
        """The department with this id or name."""
        ...

    def subtree(self, department_id: int, stamp: int) -> Sequence[int]:
        """The department and all below it."""
        ...


class _Holder:
    directory: Directory | None = None


def use(directory: Directory) -> None:
    """Tell the kernel where names come from (once, at start)."""
    _Holder.directory = directory


def directory() -> Directory:
    """The directory in use."""
    if _Holder.directory is None:
        raise RuntimeError("no directory: the area org must be installed")
    return _Holder.directory
