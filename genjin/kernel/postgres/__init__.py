"""The embedded PostgreSQL: created once, started as our own child, stopped cleanly. Knows nothing of Django.

`start()` is for a caller that lives as long as the server; everybody else reads `Address.of(folder)`.
"""

from genjin.kernel.postgres.address import Address
from genjin.kernel.postgres.claim import Claim
from genjin.kernel.postgres.server import Server, start, start_for_restore, start_throwaway, sync_cluster
from genjin.kernel.postgres.trouble import DatabaseTrouble

__all__ = [
    "Address",
    "Claim",
    "DatabaseTrouble",
    "Server",
    "start",
    "start_for_restore",
    "start_throwaway",
    "sync_cluster",
]
