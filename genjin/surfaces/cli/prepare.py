"""What a start has to do before anybody may come in, in a process that `serve` starts only when something is to do.

Makes assets, upgrades the database (with a backup first when a company is in it), seeds the demo company. Prints a
report as JSON on its last line.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from genjin.kernel.environment import data_folder, uses_embedded_database
from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.postgres.address import DATABASE
from genjin.surfaces.cli.assets import assets_are_current, make_assets
from genjin.surfaces.cli.demo import is_empty, seed
from genjin.surfaces.cli.state import State, migrations_fingerprint
from genjin.surfaces.cli.upgrade import upgrade


def main(*, demo: bool) -> dict[str, str]:
    """Do what is missing. The report has `setup_token` when a first administrator is still to come."""
    import django  # slow: this module is also imported for `needed` by serve

    data = data_folder()
    state = State.read(data)
    if state.seeding and uses_embedded_database():
        _start_over()
        state = State()
    django.setup()
    if not assets_are_current():
        make_assets()
    if state.migrations != migrations_fingerprint():
        upgrade()
    state.migrations = migrations_fingerprint()
    if demo and not state.set_up and is_empty():
        _seed(state, data)
    token = _setup_token()
    state.set_up = token is None
    state.write(data)
    return {} if token is None else {"setup_token": token}


def is_needed(state: State) -> bool:
    """Is there something to do? Answered without Django."""
    done = state.set_up and not state.seeding and state.migrations == migrations_fingerprint()
    return not (done and uses_embedded_database() and assets_are_current())


def _seed(state: State, data: Path) -> None:
    """The mark is written first: a start that finds it knows that the half company is nobody's work."""
    state.seeding = True
    state.write(data)
    state.sign_ins = seed()
    state.seeding = False


def _start_over() -> None:
    from django.conf import settings  # slow
    from psycopg import connect  # slow

    at = settings.DATABASES["default"]
    with connect(host=at["HOST"], user=at["USER"], password=at["PASSWORD"], port=at["PORT"] or None, dbname="postgres",
                 autocommit=True) as connection:  # fmt: skip
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _setup_token() -> str | None:
    from genjin.org.actions.setup import issue_setup_token  # slow

    return issue_setup_token()


if __name__ == "__main__":
    try:
        with contextlib.redirect_stdout(sys.stderr):
            report = main(demo="--demo" in sys.argv)
    except DatabaseTrouble as trouble:
        sys.exit(f"genjin: {trouble}")
    print(json.dumps(report))
