"""For the drills: a small company in a data folder of its own, and somebody who goes on writing into it.

`python -m genjin.backups.tests.company build | write | base`, with GENJIN_DATA set.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from genjin.surfaces.cli.database import database

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def build() -> None:
    """Cast, a few customers through the actions, an attachment, sealed events, a secret in the vault's way."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from genjin.kernel.files import attach_upload
    from genjin.kernel.sealing import deliver, seal
    from genjin.surfaces.cli.migrate import migrate
    from genjin.testing.cast import make_cast

    migrate()
    owner = make_cast().actor("owner")
    ids = [create(owner, f"澄湖智造{n}号客户") for n in range(40)]
    attach_upload(owner, "customer", ids[0], SimpleUploadedFile("合同.png", PICTURE))
    while seal() + deliver():
        pass


def write() -> None:
    """Make customers one after the other until asked to stop; tell each id when it is committed, as an answer to a
    browser would."""
    from genjin.kernel.actor import Surface
    from genjin.org.models import Member
    from genjin.org.queries import actor_for

    owner = actor_for(Member.objects.get(sign_in="owner").pk, Surface.WEB)
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    number = 0
    while not asked:
        number += 1
        tell(create(owner, f"写入中的第{number}家公司"))


def base() -> None:
    """A base copy for the archive of changes, at once."""
    from genjin.backups.storage.archive import archive_in_use, take_base

    archive = archive_in_use()
    assert archive is not None
    tell(take_base(archive).path)


def tell(what: object) -> None:
    """A line on standard output, at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def create(actor: Any, name: str) -> int:
    """A customer; its id."""
    from genjin.customers.actions.customers import create_customer

    raw = {"name": name, "phone": "", "duplicate_known": True}
    row_id = create_customer.run(actor, None, raw).row_id
    assert row_id is not None
    return row_id


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "genjin.settings"
    with database():
        {"build": build, "write": write, "base": base}[sys.argv[1]]()
