"""The real server on this machine: bytes of a first visit, memory, and how many requests a second it answers."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measuring import memory_mb, process_cpu, quantile
from bench.pages import ENCODINGS, resources, session_of

CONNECTIONS = 4
SECONDS = 5.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = _free_port()


@contextmanager
def serving() -> Iterator[int]:
    """The web process of `genjin serve` (two workers); its pid."""
    command = [sys.executable, "-m", "genjin.surfaces.cli.web", "127.0.0.1", str(PORT)]
    process = subprocess.Popen(command, env=os.environ.copy())
    try:
        _await()
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            _get(http.client.HTTPConnection("127.0.0.1", PORT, timeout=5), "/sign-in", "")
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise SystemExit("the server does not answer")


def _get(connection: http.client.HTTPConnection, url: str, session: str, **headers: str) -> tuple[int, bytes]:
    connection.request("GET", url, headers={"Cookie": f"sessionid={session}", "Accept-Encoding": ENCODINGS, **headers})
    response = connection.getresponse()
    return response.status, response.read()


def first_visit(member_id: int) -> dict[str, Any]:
    """Requests and bytes of the first page, and bytes of the next ones."""
    session = session_of(member_id)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    plain = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    plain.request("GET", "/customers?view=all", headers={"Cookie": f"sessionid={session}"})
    html = plain.getresponse().read().decode()
    sizes = {"/customers?view=all": len(_get(connection, "/customers?view=all", session)[1])}
    for address in resources(html):
        sizes[address] = len(_get(connection, address, session)[1])
    asked = {"HX-Request": "true", "HX-Target": "list"}
    later = {
        "next page of the list": len(_get(connection, "/customers?view=all&sort=-updated_at", session, **asked)[1]),
        "whole list page": sizes["/customers?view=all"],
    }
    return {"requests": len(sizes), "bytes": sum(sizes.values()), "parts": sizes, "later": later}


def throughput(member_id: int, url: str, pids: list[int]) -> dict[str, float]:
    """Requests per second over a few kept-alive connections, for a few seconds; CPU of `pids` per request."""
    session = session_of(member_id)
    spent: list[float] = []
    wrong: list[int] = []
    until = time.monotonic() + SECONDS

    def hammer() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
        while time.monotonic() < until:
            started = time.perf_counter()
            try:
                status, _content = _get(connection, url, session)
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            spent.append(time.perf_counter() - started)
            if status != 200:
                wrong.append(status)

    begin = sum(map(process_cpu, pids))
    threads = [threading.Thread(target=hammer) for _n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "requests_per_second": len(spent) / SECONDS,
        "p50_ms": quantile(spent, 0.5) * 1000,
        "p95_ms": quantile(spent, 0.95) * 1000,
        "cpu_ms": (sum(map(process_cpu, pids)) - begin) / max(len(spent), 1) * 1000,
        "errors": len(wrong),
    }


def all_pids(web: int, data: Path) -> list[int]:
    """The web process, its workers, and the processes of the database that are there now."""
    postmaster = int((data / "pg" / "postmaster.pid").read_text().split()[0])
    return [web, *_children(web), *_children(postmaster)]


def memory(pid: int) -> dict[str, float]:
    """MB of the web process and its workers (what is shared is counted once)."""
    pids = [pid, *_children(pid)]
    return {"processes": len(pids), "total_mb": sum(memory_mb(each) for each in pids),
            "largest_mb": max(memory_mb(each) for each in pids)}  # fmt: skip


def _children(pid: int) -> list[int]:
    below = [each for each, parent in parents().items() if parent == pid]
    return [*below, *(deeper for each in below for deeper in _children(each))]


def parents() -> dict[int, int]:
    """{process id: its parent's}."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                found[int(folder.name)] = int(fields[1])
    return found
