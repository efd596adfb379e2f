"""The worker process: jobs from the queue, and the sealing of events in a thread beside them."""

from __future__ import annotations

import argparse
import threading

from genjin.kernel.processes import stand_back
from genjin.surfaces.cli.database import database


def run(options: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C; running jobs get some seconds to end, then they are queued again."""
    del options
    with database():
        from procrastinate.contrib.django import app  # slow: needs Django
        from procrastinate.contrib.django.django_connector import DjangoConnector  # slow: needs Django

        from genjin.kernel.sealing import run_sealing  # slow: needs Django

        stand_back()  # pages go first; not the database, should it be our child
        stop = threading.Event()
        sealing = threading.Thread(target=run_sealing, args=(stop,), name="sealing", daemon=True)
        sealing.start()
        try:
            assert isinstance(app.connector, DjangoConnector)
            with app.replace_connector(app.connector.get_worker_connector()) as worker:
                worker.run_worker(name="genjin")
        finally:
            stop.set()
            sealing.join(timeout=5)
    return 0
