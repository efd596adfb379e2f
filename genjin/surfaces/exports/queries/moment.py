"""A whole list as it is at one moment, whatever changes while it is read."""

from __future__ import annotations

from array import array
from dataclasses import replace

from django.db import connection, transaction

from genjin.kernel.actor import Actor
from genjin.kernel.lists import ListQuery, page
from genjin.kernel.lists.reading import Cursor

AT_ONCE = 5_000


def ids_now(actor: Actor, query: ListQuery, most: int) -> array[int]:
    """The ids of a list, at most so many, in its order."""
    if connection.in_atomic_block:
        return array("q", [row.id for row in page(actor, replace(query, size=most), ()).rows])
    ids = array("q")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        query = replace(query, size=AT_ONCE)
        while len(ids) < most:
            found = page(actor, query, ())
            ids.extend(row.id for row in found.rows)
            if found.next is None:
                break
            query = replace(query, after=Cursor.read(found.next))
    return ids
