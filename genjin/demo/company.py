"""Makes the demo company: root, departments, people with roles, passwords of those to try, tags. By actions only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from genjin.customers.options import TAGS
from genjin.demo.own_fields import make_fields
from genjin.demo.people import ADMINISTRATOR, COMPANY, DEPARTMENTS, FURTHER, PASSWORD, PEOPLE, SHOWN, Person
from genjin.demo.shared import share
from genjin.kernel.actor import Actor, Surface, system
from genjin.kernel.stamps import current_stamp
from genjin.org.actions.departments import create_department
from genjin.org.actions.members import create_member
from genjin.org.actions.options import add_option
from genjin.org.actions.passwords import issue_reset_code, use_reset_code
from genjin.org.actions.setup import issue_setup_token, run_setup
from genjin.org.models import Department, Role
from genjin.org.queries import actor_for
from genjin.reminders.actions.channels import set_mail_server
from genjin.reminders.models import MailMode

TAG_TONES = {
    "重点跟进": "bad",
    "样机试用中": "warn",
    "年度框架": "ok",
    "价格敏感": "warn",
    "老客户介绍": "info",
    "展会线索": "vio",
    "技术型客户": "info",
    "扩产计划": "ok",
    "竞品在用": "bad",
    "海外工厂": "vio",
    "二次采购": "ok",
    "需打样": "warn",
    "账期较长": "",
    "可做案例": "acc",
}
LOCAL = "127.0.0.1"


@dataclass
class Staff:
    """The people of the demo as actors, by name."""

    ids: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)

    def acting(self, name: str, moment: datetime, surface: Surface = Surface.SETUP) -> Actor:
        """This person acting at a moment."""
        return self.actors[name].through(surface).as_of(moment)

    def learn(self) -> None:
        """From now on they know what was set up since they came."""
        stamp = current_stamp()
        self.actors = {name: replace(actor, stamp=stamp) for name, actor in self.actors.items()}


def make_company(founded: datetime) -> Staff:
    """The whole organisation as of `founded`. Raises NotFound when there are members."""
    staff = Staff()
    token = issue_setup_token()
    first = run_setup(
        system("org.set_up", surface=Surface.SETUP).as_of(founded),
        token=token or "",
        company=COMPANY,
        name=ADMINISTRATOR.name,
        sign_in=ADMINISTRATOR.sign_in,
        password=PASSWORD,
    )
    staff.ids[ADMINISTRATOR.name] = first.pk
    administrator = _actor(first.pk).as_of(founded)
    set_mail_server(administrator, mode=MailMode.KEPT)  # the addresses are invented
    _make_people(administrator, staff)
    _make_tags(administrator)
    make_fields(_actor_again(administrator))
    share(_actor_again(administrator), staff.departments)
    staff.actors = {name: _actor(member_id) for name, member_id in staff.ids.items()}
    return staff


def _make_people(administrator: Actor, staff: Staff) -> None:
    departments = {"": Department.objects.get(parent=None).pk}
    for name, above in DEPARTMENTS.items():
        departments[name] = create_department(administrator, name=name, parent=departments[above]).pk
    staff.departments = departments
    roles = dict(Role.objects.values_list("key", "pk"))
    for number, person in enumerate(PEOPLE):
        further = [departments[FURTHER[person.name]]] if person.name in FURTHER else []
        member = create_member(
            administrator,
            name=person.name,
            sign_in=person.sign_in,
            department=departments[person.department],
            phone=f"1990009{number:04d}",
            email=f"{person.sign_in}@chenghu.example.com",
            title=person.title,
            further=further,
            superior=staff.ids.get(person.superior),
            roles=[roles[person.role]],
        )
        staff.ids[person.name] = member.pk
        if person.name in SHOWN:
            _give_password(administrator, member.pk)


def _give_password(administrator: Actor, member_id: int) -> None:
    code = issue_reset_code(administrator, member_id)
    assert administrator.moment is not None
    visitor = system("org.sign_in", surface=Surface.SETUP).as_of(administrator.moment)
    use_reset_code(visitor, code=code, password=PASSWORD, address=LOCAL)


def _make_tags(administrator: Actor) -> None:
    for label, colour in TAG_TONES.items():
        add_option(_actor_again(administrator), list_key=TAGS.key, label=label, colour=colour)


def _actor(member_id: int) -> Actor:
    actor = actor_for(member_id, Surface.SETUP)
    assert actor is not None
    return actor


def _actor_again(actor: Actor) -> Actor:
    """The same actor with what is known now: every option changes the stamp."""
    assert actor.member_id is not None
    assert actor.moment is not None
    return _actor(actor.member_id).as_of(actor.moment)


def sellers() -> tuple[Person, ...]:
    """Those who own customers."""
    return tuple(person for person in PEOPLE if person.sells)
