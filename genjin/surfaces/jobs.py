"""Nightly work of the surfaces."""

from __future__ import annotations

from genjin.kernel.actor import Actor
from genjin.kernel.files import sweep
from genjin.kernel.jobs import periodic


@periodic("35 17 * * *", "files.sweep")
def sweep_files(actor: Actor) -> None:  # noqa: ARG001 - every job gets it
    """Bytes that belong to nothing are taken away every night."""
    sweep()
