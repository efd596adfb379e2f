"""The thin parent of database, web and worker: starts them in order, restarts what dies, stops them in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from genjin.kernel import postgres
from genjin.kernel.environment import uses_embedded_database
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.postgres.claim import holder
from genjin.kernel.words import _
from genjin.surfaces.cli import prepare
from genjin.surfaces.cli.children import Child, Kept
from genjin.surfaces.cli.network import answers
from genjin.surfaces.cli.state import State

READY_PATH = "/-/ready"
_SECONDS_FOR_A_PREDECESSOR = 8.0
_SECONDS_TO_LOAD = 300.0
_TICK = 0.1


class _Stop(Exception):
    """Somebody asked us to stop while we were starting."""


class Supervisor:
    """One run of `serve`."""

    def __init__(self, data: Path, host: str, port: int, *, demo: bool) -> None:
        self.data, self.port, self.demo = data, port, demo
        self.stopping = False
        self.web_is_ready = False
        self.database = Kept("database", lambda: postgres.start(data), self._tell)
        web = [host, str(port)]
        self.web = Kept("web", lambda: Child("genjin.surfaces.cli.web", web, patience=15, insist=True), self._tell)
        self.worker = Kept("worker", lambda: Child("genjin.surfaces.cli", ["worker"], patience=20), self._tell)

    def run(self, announce: Callable[[dict[str, str]], None]) -> int:
        """Serve until a signal; 0 after a clean stop. Raises DatabaseTrouble."""
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            signal.signal(number, self._on_signal)
        claim = self._take_claim()
        try:
            self._start(announce)
            while True:
                self._check_stop()
                self._tick()
                time.sleep(_TICK)
        except _Stop:
            return 0
        finally:
            self._stop()
            claim.release()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Only a mark: the loop looks at it. Raising here could hit between two lines that belong together.
        self.stopping = True

    def _check_stop(self) -> None:
        if self.stopping:
            raise _Stop

    def _take_claim(self) -> postgres.Claim:
        """A predecessor that is just stopping gets some seconds."""
        deadline = time.monotonic() + _SECONDS_FOR_A_PREDECESSOR
        while True:
            try:
                return postgres.Claim.take(self.data)
            except BlockingIOError:
                if time.monotonic() > deadline or self.stopping:
                    raise DatabaseTrouble(
                        _("数据目录 %(path)s 已被另一个 Genjin（进程 %(pid)s）使用：请先停止它，或换一个 GENJIN_DATA。")
                        % {"path": self.data, "pid": holder(self.data)}
                    ) from None
                time.sleep(_TICK)

    def _start(self, announce: Callable[[dict[str, str]], None]) -> None:
        (self.data / "files").mkdir(mode=0o700, exist_ok=True)
        if uses_embedded_database():
            self.database.begin()
            os.environ["GENJIN_SOCKET"] = postgres.Address.of(self.data).host
        self._check_stop()
        report = self._prepare()
        self.web.begin()
        self._await_web()
        self.worker.begin()
        announce(report)

    def _prepare(self) -> dict[str, str]:
        if not prepare.is_needed(State.read(self.data)):
            return {}
        command = [sys.executable, "-P", "-m", "genjin.surfaces.cli.prepare", *(["--demo"] if self.demo else [])]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
        ) as process:
            while process.poll() is None:
                if self.stopping:
                    process.kill()
                    raise _Stop
                time.sleep(_TICK / 2)
            said = process.stdout.read().decode() if process.stdout else ""
        if process.returncode != 0:
            raise DatabaseTrouble(_("准备数据库失败，原因见上；运行 genjin doctor 可查看如何修复。"))
        report: dict[str, str] = json.loads(said.splitlines()[-1])
        return report

    def _await_web(self) -> None:
        deadline = time.monotonic() + _SECONDS_TO_LOAD
        while not answers(self.port, READY_PATH):
            self._check_stop()
            if not (self.web.running and self.web.running.is_alive()):
                raise DatabaseTrouble(_("网页服务没有启动，原因见上；运行 genjin doctor 可查看如何修复。"))
            if time.monotonic() > deadline:
                words = _("网页服务 %d 分钟后仍没有响应，电脑可能太忙；请关闭其他程序后再试，或运行 genjin doctor。")
                raise DatabaseTrouble(words % (_SECONDS_TO_LOAD // 60))
            time.sleep(0.03)
        self.web_is_ready = True

    def _tick(self) -> None:
        if uses_embedded_database():
            self.database.tick()
        self.web.tick()
        self.worker.tick()
        if os.getpid() == 1:
            self._reap_strangers()

    def _reap_strangers(self) -> None:
        """As a container's first process we inherit orphans; unreaped, a dead database would look alive."""
        ours = {child.running.pid for child in (self.web, self.worker) if isinstance(child.running, Child)}
        if isinstance(self.database.running, postgres.Server):
            ours.add(self.database.running.process.pid)
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None or ended.si_pid in ours:
                return
            os.waitpid(ended.si_pid, 0)

    def _stop(self) -> None:
        """Web first, so that nobody is told of something that the others can no longer do."""
        if isinstance(self.web.running, Child) and not self.web_is_ready:
            self.web.running.kill()  # nobody is being served yet
        self.web.stop()
        self.worker.stop()
        self.database.stop()

    def _tell(self, text: str) -> None:
        print(f"genjin: {text}", file=sys.stderr, flush=True)
