"""Looking at other processes, ending them, and ending with them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")
LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1


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


def die_with_parent(number: int) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the child gets this signal when the thread that started it ends. Linux only, else None.

    Start such a child from the main thread. Works after a change of user, because Popen changes it before.
    """
    if not LINUX:
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def end_with_parent(number: int) -> None:
    """The same for ourselves, where somebody else's code starts us."""
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


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
