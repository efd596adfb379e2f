"""Django's handle on customers."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers as a Django app."""

    name = "genjin.customers"
    label = "customers"

    def ready(self) -> None:
        """Register record types and actions."""
        from genjin.customers import actions, allocating, cold, merging, record, rhythm  # slow: models must be ready
        from genjin.customers.grading import actions as grading  # slow: models must be ready
        from genjin.customers.grading import jobs as grading_jobs  # slow: models must be ready
        from genjin.customers.monthend import actions as month_end  # slow: models must be ready

        assert actions
        assert allocating
        assert cold
        assert grading
        assert grading_jobs
        assert merging
        assert month_end
        assert record
        assert rhythm
