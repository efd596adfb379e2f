"""Looking at other processes, ending them, and ending with them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypedDict, Unpack

PROC = Path("/proc")
LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_NICE = 10


class ChildOptions(TypedDict, total=False):
    """What `start_child` passes on to Popen."""

    cwd: str | None
    env: dict[str, str]
    user: int
    group: int
    extra_groups: list[int]


def all_processes() -> Iterator[tuple[int, int, str]]:
    """Process id, owner and command line of all live processes; arguments are separated and followed by a space."""
    if not LINUX:
        yield from _all_by_ps()
        return
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            owner, command = entry.stat().st_uid, (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if command:  # empty: a zombie, or a thread of the system
            yield int(entry.name), owner, os.fsdecode(command.replace(b"\0", b" "))


def stand_back() -> None:
    """From now on whatever else runs on this machine goes first: for processes whose work nobody waits for."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICE)


def is_running(pid: int) -> bool:
    """A live process, not one that only waits to be reaped."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not (LINUX and _state(pid) in {"Z", "X", ""})


def stop_process(pid: int, patience: list[tuple[signal.Signals, float]]) -> bool:
    """Send one signal after the other, each with its seconds of patience. True when the process is gone."""
    for number, seconds in patience:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if wait_until(lambda: not is_running(pid), seconds):
            return True
    return False


def stop_child(child: subprocess.Popen[bytes], patience: list[tuple[signal.Signals, float]]) -> bool:
    """The same for a process that we started ourselves, which must be reaped."""
    for number, seconds in patience:
        child.send_signal(number)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return True
    return False


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Poll every 20 ms until `true()` or until the time is up; the last answer."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def start_child(
    command: Sequence[str], *, dies_by: signal.Signals, output: IO[bytes] | None = None, **options: Unpack[ChildOptions]
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches only us; it gets `dies_by` when we are killed.

    Call it from the main thread: the signal is tied to the thread that starts the child.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        # Two calls of the C library and no lock: safe also beside threads.
        preexec_fn=_die_with_parent(dies_by),  # noqa: PLW1509
        **options,
    )


def end_with_parent(number: int) -> None:
    """Get this signal when our parent is killed; for processes that somebody else's code starts. Linux only."""
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def _die_with_parent(number: int) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the child gets this signal when the thread that started it ends. Linux only, else None.

    Popen changes the user before it, which would forget the signal after.
    """
    if not LINUX:
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def _all_by_ps() -> Iterator[tuple[int, int, str]]:
    command = ["ps", "-axww", "-o", "pid=,uid=,command="]
    for line in subprocess.run(command, check=False, capture_output=True, text=True).stdout.splitlines():
        pid, owner, text = line.split(None, 2)
        yield int(pid), int(owner), text + " "


def _state(pid: int) -> str:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[0]
