"""How many different records of a pool a member opens a day (P10): counted, and refused beyond what the pool allows."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.refusal import Refused
from genjin.ownership.models import Daily
from genjin.ownership.rules import company_day
from genjin.ownership.standing import administers, at_pool

BEGIN = """
INSERT INTO ownership_daily (pool_id, member_id, day, claims, taken_back, viewed) VALUES (%s, %s, %s, 0, 0, '[]')
    ON CONFLICT (member_id, day, pool_id) DO NOTHING
"""


@action(
    "pools.note_view",
    on=None,
    needs="org.see",
    label=gettext_lazy("查看公海资料"),
    silent="looking is no business event; who looks at much is told by the watch over views",
    listed=False,
)
def note_view(actor: Actor, *, pool_id: int, row_id: int) -> None:
    """Count a record that is shown to a member at a pool, once a day. Raises Refused("views_used_up") when he has
    opened as many today as the pool allows, NotFound for a pool that he does not see. Nothing is counted where there
    is no limit, nor of the pool's administrators."""
    _standing, pool = at_pool(actor, pool_id)
    limit = pool.claims.get("views_daily") or 0
    if not limit or administers(actor, pool):
        return
    day = company_day(actor.now())
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [pool.pk, actor.member_id, day])
    counted = Daily.objects.select_for_update().get(pool=pool, member_id=actor.member_id or 0, day=day)
    if row_id in counted.viewed:
        return
    if len(counted.viewed) >= limit:
        words = _("今天在「%(pool)s」已打开 %(count)d 份资料，达到每日上限；明天 00:00 后可以再看")
        raise Refused("views_used_up", words % {"pool": pool.name, "count": limit}, facts={"limit": limit})
    counted.viewed.append(row_id)
    counted.save(update_fields=["viewed"])
