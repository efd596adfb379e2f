"""Django's handle on the kernel."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    """The kernel as a Django app."""

    name = "genjin.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Register the kernel's own actions; after migrations, every declared record type has its number sequence."""
        from genjin.kernel import files, notices, sights  # slow: models must be ready

        assert files
        assert notices
        assert sights
        post_migrate.connect(_make_sequences, sender=self)


def _make_sequences(**_kwargs: Any) -> None:
    from genjin.kernel.codes_store import make_sequences  # slow: models must be ready
    from genjin.kernel.records import RECORD_TYPES  # slow: models must be ready

    make_sequences(list(RECORD_TYPES.values()))
