"""Django's handle on the organisation."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """The organisation as a Django app."""

    name = "genjin.org"
    label = "org"

    def ready(self) -> None:
        """Give the kernel its directory and load what registers itself."""
        from genjin.kernel import jobs, people  # slow: models must be ready
        from genjin.org import actions, grants, queries, snapshot  # slow: models must be ready

        assert actions
        assert grants
        people.use(snapshot.MemoryDirectory())
        jobs.use_actors(queries.actor_for)
