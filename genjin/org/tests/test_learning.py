"""An upgrade's new grants reach the ready-made roles once."""

from __future__ import annotations

from genjin.kernel.actor import system
from genjin.org.actions.learning import learn_grants
from genjin.org.models import KnownGrant, Role
from genjin.testing.cast import Cast


def grants_of(key: str) -> dict[str, str]:
    return dict(Role.objects.get(key=key).grants)


def forget(key: str, grant: str) -> None:
    """As if an older version had made the role."""
    role = Role.objects.get(key=key)
    role.grants.pop(grant)
    Role.objects.filter(pk=role.pk).update(grants=role.grants)


def test_a_new_grant_reaches_the_ready_made_roles_that_it_is_meant_for(cast: Cast) -> None:
    learn_grants(system("org.set_up"))
    for key in ("manager", "department_head"):
        forget(key, "today.watch")
    KnownGrant.objects.filter(key="today.watch").delete()
    learn_grants(system("org.set_up"))
    assert "today.watch" in grants_of("manager")
    assert "today.watch" not in grants_of("salesperson")


def test_what_somebody_took_away_stays_away(cast: Cast) -> None:
    learn_grants(system("org.set_up"))
    forget("manager", "today.watch")
    learn_grants(system("org.set_up"))
    assert "today.watch" not in grants_of("manager")


def test_an_installation_that_kept_no_list_takes_what_any_role_holds_as_met(cast: Cast) -> None:
    for role in Role.objects.exclude(key=""):
        if "plans.see" in role.grants:
            forget(role.key, "plans.see")
    forget("manager", "customers.see")
    learn_grants(system("org.set_up"))
    assert "plans.see" in grants_of("salesperson")
    assert "customers.see" not in grants_of("manager")
