"""The web process of `serve`: granian with the application. Started by `python -m … HOST PORT`."""

from __future__ import annotations

import os
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

WORKERS = 2
BLOCKING_THREADS = 4
KILL_TIMEOUT = 10


def main(host: str, port: int) -> None:
    """Serve until told to stop. A SIGTERM during the import of the application costs KILL_TIMEOUT seconds."""
    os.environ["GENJIN_SERVED"] = "1"
    Server(
        "genjin.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=BLOCKING_THREADS,
        workers_kill_timeout=KILL_TIMEOUT,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        websockets=False,
        log_level=LogLevels.warning,
        process_name=None,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
