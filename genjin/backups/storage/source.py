"""A database by its address: how to connect, and what PostgreSQL's programs need to find it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from genjin.backups.storage.trouble import BackupTrouble
from genjin.kernel.environment import connection_facts, uses_embedded_database
from genjin.kernel.postgres.address import DATABASE, ROLE, Address
from genjin.kernel.postgres.cluster import SUPERUSER, clean_environment
from genjin.kernel.words import _

Connection = psycopg.Connection[tuple[Any, ...]]
# The same text for the same value, whatever the server's own settings are.
_PLAIN = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';"
    " SET extra_float_digits = 1; SET statement_timeout = 0; SET lock_timeout = '60s';"
    " SET idle_in_transaction_session_timeout = 0"
)


@dataclass(frozen=True)
class Source:
    """Host, port, user, database and further options of libpq; the password stands apart, because others may read the
    arguments of programs."""

    facts: Mapping[str, str]
    password: str = field(default="", repr=False)

    @classmethod
    def in_use(cls) -> Source:
        """The database that this installation uses."""
        facts = connection_facts()
        options = {key: str(value) for key, value in facts["OPTIONS"].items()}
        named = {"host": facts["HOST"], "port": facts["PORT"], "user": facts["USER"], "dbname": facts["NAME"]}
        return cls({key: value for key, value in (named | options).items() if value}, facts["PASSWORD"])

    @classmethod
    def at(cls, address: Address, *, superuser: bool = False) -> Source:
        """An embedded server."""
        facts = {"host": address.host, "port": address.port, "dbname": DATABASE}
        facts["user"] = SUPERUSER if superuser else ROLE
        return cls({key: value for key, value in facts.items() if value}, address.password)

    @property
    def address(self) -> str:
        """For arguments of programs: without the password."""
        return make_conninfo("", **self.facts)

    @property
    def is_ours(self) -> bool:
        """Whether its processes are those of our own embedded server."""
        return self.facts.get("host", "").startswith("/") and uses_embedded_database()

    @property
    def environment(self) -> dict[str, str]:
        """For programs that connect to it."""
        return clean_environment() | ({"PGPASSWORD": self.password} if self.password else {})

    def connect(self) -> Connection:
        """A connection that reads values as plain text of one form. Raises BackupTrouble."""
        secret = {"password": self.password} if self.password else {}
        try:
            connection = psycopg.connect(make_conninfo("", **self.facts, **secret, connect_timeout=10))
            connection.execute(_PLAIN)
            connection.commit()
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[-1]
            raise BackupTrouble(_("连接不上数据库：%(said)s") % {"said": said}) from error
        return connection


def cores() -> int:
    """How many programs may work at once: what is there, four at most."""
    return max(1, min(os.cpu_count() or 1, 4))
