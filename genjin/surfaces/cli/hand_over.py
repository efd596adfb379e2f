"""`genjin handover`: what somebody who leaves or moves on has, and who would get it (B16); with `--run` it changes
hands.

Exit codes: 0 fine, 1 refused, 3 some things stayed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from genjin.kernel.words import _, terminal_language
from genjin.surfaces.cli.database import database

if TYPE_CHECKING:
    from genjin.handover.arrangement import Arrangement
    from genjin.handover.models import Handover
    from genjin.handover.queries import Preview
    from genjin.kernel.actor import Actor

FINE, REFUSED, SOME_STAYED = 0, 1, 3


def run(options: argparse.Namespace) -> int:
    """Tell, or do; see the codes above."""
    with database():
        from django.utils import translation  # slow

        from genjin.kernel.refusal import Refused  # slow: needs Django

        try:
            with translation.override(terminal_language()):
                return _do(options)
        except Refused as refusal:
            words = refusal.message or _("没有这次交接")
            print(f"genjin: {words}", file=sys.stderr)
            return REFUSED


def _do(options: argparse.Namespace) -> int:
    from genjin.handover import work  # slow: needs Django
    from genjin.handover.queries import handover_for, handovers  # slow: needs Django

    actor = _acting(options.sign_in)
    if options.status == 0:
        print("\n".join(_head(actor, row) for row in handovers(actor)[0]) or _("还没有交接过"))
        return FINE
    if options.status:
        return _report(actor, handover_for(actor, options.status))
    if options.resume:
        return _report(actor, work.resume(actor, options.resume, waiting=True))
    if options.undo:
        return _report(actor, work.undo_handover(actor, options.undo, waiting=True))
    return _hand_over(actor, options)


def _hand_over(actor: Actor, options: argparse.Namespace) -> int:
    """The preview; with --run the handover itself. Nothing is written before."""
    from genjin.handover import work  # slow: needs Django
    from genjin.handover.actions import arrange, prepare_handover  # slow: needs Django
    from genjin.handover.actions.preparing import check_arrangement  # slow: needs Django
    from genjin.handover.models import Handover  # slow: needs Django
    from genjin.handover.queries import leaver_for, preview  # slow: needs Django

    leaver = leaver_for(actor, _member(actor, options.leaver, gone=True))
    asked = _arrangement(actor, options)
    draft = Handover(leaver_id=leaver.id, kind=options.kind, arrangement=asked.to_json())
    check_arrangement(actor, draft, asked)
    print("\n".join(_planned(leaver.name, preview(actor, draft))))
    if not options.run:
        print(_("这是试算，没有写入；加 --run 才移交。"))
        return FINE
    row = prepare_handover(actor, leaver=leaver.id, kind=options.kind, reason=options.reason)
    arrange(actor, row.pk, arrangement=asked.to_json(), notice=row.notice)
    return _report(actor, work.begin_handover(actor, row.pk, force=options.force, waiting=True))


def _planned(name: str, seen: Preview) -> Iterator[str]:
    yield _("%(name)s名下共 %(count)d 项：") % {"name": name, "count": seen.total}
    for line in filter(lambda each: each.count, seen.lines):
        given = [f"{to} {count}" for _key, to, count in line.receivers if to]
        where = _("随客户") if line.along else _("结束") if line.ends else "、".join(given) or _("没有接收人，留在原处")
        yield f"  {line.label}{' · ' + line.share if line.share else ''}  {line.count} → {where}"
    for load in seen.loads:
        if load.over:
            facts = {"name": load.name, "what": load.label, "room": load.room, "gets": load.gets}
            yield _("  超出容量：%(name)s 最多还能接收 %(what)s %(room)d 个，将接收 %(gets)d 个") % facts


def _report(actor: Actor, row: Handover) -> int:
    """One handover with what stayed and why."""
    from genjin.handover.queries import items, label_of, titles  # slow: needs Django
    from genjin.handover.rules import Standing  # slow: needs Django

    print(_head(actor, row))
    after, stayed = 0, 0
    while found := items(row, after=after, most=500):
        named = titles(actor, found)
        for item in found:
            if item.state in (Standing.STAYED, Standing.KEPT):
                stayed += 1
                print(f"  {label_of(item.part)}  {named.get((item.part, item.row_id), '—')}  {item.why}")
        after = found[-1].pk
    return SOME_STAYED if stayed else FINE


def _head(actor: Actor, row: Handover) -> str:
    from genjin.handover.rules import Kind, State  # slow: needs Django
    from genjin.handover.words import outcome_of  # slow: needs Django
    from genjin.org.queries import organisation  # slow: needs Django

    facts = [Kind(row.kind).label, State(row.state).label, f"{row.done}/{row.total}", outcome_of(row)]
    return "  ".join([str(row.pk), organisation(actor).people[row.leaver_id].name, *map(str, facts)])


def _arrangement(actor: Actor, options: argparse.Namespace) -> Arrangement:
    """Who gets what. Raises Refused("nobody", "no_pool", "no_member")."""
    from genjin.handover.arrangement import Arrangement  # slow: needs Django
    from genjin.handover.pools import pools_for  # slow: needs Django
    from genjin.handover.receivers import written  # slow: needs Django
    from genjin.kernel.records import RECORD_TYPES  # slow: needs Django
    from genjin.kernel.refusal import Refused  # slow: needs Django

    names = [name.strip() for name in options.to.replace("，", ",").split(",") if name.strip()]
    parts: dict[str, tuple[str, ...]] = {}
    if options.pool:
        pools = {pool.name: pool for pool in pools_for(actor, RECORD_TYPES["customer"])}
        if options.pool not in pools:
            told = {"name": options.pool, "all": "、".join(pools) or "—"}
            raise Refused("no_pool", _("没有您可以放入的公海「%(name)s」；可用：%(all)s") % told)
        parts["customer"] = (written("pool", pools[options.pool].pk),)
    if not names and not parts:
        raise Refused("nobody", _("请用 --to 写明交给谁，或用 --pool 写明放入哪个公海"))
    return Arrangement(everything=tuple(written("member", _member(actor, name)) for name in names), parts=parts)


def _member(actor: Actor, named: str, *, gone: bool = False) -> int:
    """Raises Refused("no_member")."""
    from genjin.kernel.people import directory  # slow: needs Django
    from genjin.kernel.refusal import Refused  # slow: needs Django
    from genjin.org.queries import organisation  # slow: needs Django

    found = directory().find_member(named, actor) if named else None
    if found is None and gone:  # who has left already
        left = [each.id for each in organisation(actor).people.values() if named in (each.name, each.sign_in)]
        found = left[0] if len(left) == 1 else None
    if found is None:
        raise Refused("no_member", _("没有找到唯一的成员「%s」，请写明姓名、手机或邮箱") % named)
    return found


def _acting(sign_in: str | None) -> Actor:
    """The member as whom it is done. Raises Refused("no_member")."""
    from genjin.kernel.actor import Surface, system  # slow: needs Django
    from genjin.kernel.refusal import Refused  # slow: needs Django
    from genjin.kernel.stamps import current_stamp  # slow: needs Django
    from genjin.org.queries import actor_for, organisation  # slow: needs Django

    anyone = replace(system(), stamp=current_stamp())
    people = organisation(anyone).people.values()
    first = next((each.id for each in people if each.administrator and each.active), 0)
    actor = actor_for(_member(anyone, sign_in) if sign_in else first, Surface.CLI)
    if actor is None:
        raise Refused("no_member", _("还没有管理员：请先完成首次设置"))
    return actor
