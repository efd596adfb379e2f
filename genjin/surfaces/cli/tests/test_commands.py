"""The commands that run once, and the small parts of serve."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from genjin.customers.actions.pools import claim_customer
from genjin.customers.models import Customer
from genjin.customers.tests.factories import make_customer
from genjin.handover.models import Handover
from genjin.kernel.actor import system
from genjin.kernel.environment import PACKAGE
from genjin.kernel.models.events import Event
from genjin.kernel.postgres import DatabaseTrouble
from genjin.org.models import Member, ResetCode
from genjin.ownership.jobs.clocks import CLOCK, restate
from genjin.ownership.tests.pool_worlds import make_pool, make_rule
from genjin.surfaces.cli import main, network, prepare
from genjin.surfaces.cli.children import Kept
from genjin.surfaces.cli.demo import print_sign_ins
from genjin.surfaces.cli.state import State, migrations_fingerprint
from genjin.testing.cast import Cast

Terminal = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENJIN_LANGUAGE", "zh")


def test_user_list_shows_everybody(cast: Cast, capsys: Terminal) -> None:
    assert main(["user", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == Member.objects.count()
    assert [line for line in lines if line.endswith("管理员") and cast.administrator.name in line]


def test_new_administrator_gets_a_code_to_set_the_password(cast: Cast, capsys: Terminal) -> None:
    assert main(["user", "administrator", "王芳", "--phone", "13800000001"]) == 0
    said = capsys.readouterr().out
    member = Member.objects.get(name="王芳")
    assert member.administrator
    assert not member.has_usable_password()
    assert "/reset" in said
    assert ResetCode.objects.filter(member=member, used_at=None).count() == 1
    assert Event.objects.filter(surface="cli", action="members.create").count() == 1


def test_reset_finds_a_member_by_name_and_leaves_his_password(cast: Cast, capsys: Terminal) -> None:
    assert main(["user", "reset", cast.owner.name]) == 0
    assert "一次性重设码" in capsys.readouterr().out
    assert ResetCode.objects.filter(member=cast.owner).exists()
    cast.owner.refresh_from_db()
    assert cast.owner.has_usable_password()


def test_reset_of_an_unknown_member_is_refused_in_one_sentence(cast: Cast, capsys: Terminal) -> None:
    assert main(["user", "reset", "没有此人"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not ResetCode.objects.exists()


def test_administrator_before_the_company_exists_is_told_the_way(db: None, capsys: Terminal) -> None:
    assert main(["user", "administrator", "王芳"]) == 1
    assert "genjin serve" in capsys.readouterr().err
    assert not Member.objects.exists()


def test_demo_in_a_used_database_is_refused(cast: Cast, capsys: Terminal) -> None:
    before = Member.objects.count()
    assert main(["demo"]) == 1
    assert "空数据库" in capsys.readouterr().err
    assert Member.objects.count() == before


def test_migrate_says_when_all_is_done(db: None, capsys: Terminal) -> None:
    assert main(["migrate"]) == 0
    assert "最新" in capsys.readouterr().out


def test_help_names_every_setting(capsys: Terminal) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in ("GENJIN_DATA", "GENJIN_ADDRESS", "DATABASE_URL", "serve", "doctor"))


def test_state_is_read_as_it_was_written_and_belongs_to_the_cluster(tmp_path: Path) -> None:
    state = State(migrations="abc", set_up=True, sign_ins=[("张伟", "zhangwei", "x", "管理员")])
    state.write(tmp_path)
    assert State.read(tmp_path) == State()  # there is no cluster yet
    (tmp_path / "pg").mkdir()
    state.write(tmp_path)
    assert State.read(tmp_path) == state
    (tmp_path / "pg" / "genjin-state.json").write_text("{broken")
    assert State.read(tmp_path) == State()


def test_preparation_is_needed_until_all_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "assets_are_current", lambda: True)
    done = State(migrations=migrations_fingerprint(), set_up=True)
    assert not prepare.is_needed(done)
    assert prepare.is_needed(State())
    assert prepare.is_needed(State(migrations=done.migrations))
    assert prepare.is_needed(State(migrations="older", set_up=True))
    assert prepare.is_needed(State(migrations=done.migrations, set_up=True, seeding=True))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/crm")
    assert prepare.is_needed(done)


def test_sign_ins_are_aligned_also_with_wide_characters(capsys: Terminal) -> None:
    print_sign_ins([("张伟", "zhangwei", "p1", "管理员"), ("Li", "li", "p2", "销售")])
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert first == "  张伟  zhangwei  p1  管理员"
    assert second == "  Li    li        p2  销售"


def test_port_in_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_PATIENCE", 0.1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(DatabaseTrouble, match="--port"):
            network.check_port("127.0.0.1", taken.getsockname()[1])


class Mortal:
    """Something to keep alive."""

    def __init__(self) -> None:
        self.alive = True

    def is_alive(self) -> bool:
        return self.alive

    def stop(self) -> None:
        self.alive = False


def test_what_dies_is_started_again_at_once_and_then_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    made: list[Mortal] = []
    kept = Kept("part", lambda: made.append(Mortal()) or made[-1], lambda _text: None)  # type: ignore[func-returns-value]
    kept.begin()
    kept.tick()
    assert len(made) == 1
    made[-1].alive = False
    kept.tick()
    assert len(made) == 2
    made[-1].alive = False
    kept.tick()
    assert len(made) == 2  # now it has to wait
    now[0] += 1.1
    kept.tick()
    assert len(made) == 3
    now[0] += 61
    kept.tick()
    made[-1].alive = False
    kept.tick()
    assert len(made) == 4  # it had been steady: at once again


SHEET = PACKAGE / "kernel" / "tests" / "files" / "客户跟进记录统计表.xlsx"


def test_import_reports_what_came_in_and_each_row_that_did_not(cast: Cast, capsys: Terminal) -> None:
    sheet, sign_in = str(SHEET), ["--as", cast.owner.name]
    assert main(["import", sheet, *sign_in, "--check-only", "--map", "业务员="]) == 3
    checked = capsys.readouterr().out
    assert "可导入 15 行" in checked
    assert "业务员 → 不导入" in checked
    assert not Customer.objects.exists()
    assert main(["import", sheet, *sign_in, "--map", "编号=customer.nonsense"]) == 1
    assert "customer.level" in capsys.readouterr().err
    assert main(["import", sheet, *sign_in, "--yes"]) == 3, "one row stays out"
    lines = capsys.readouterr().out.splitlines()
    assert "15 个" in lines[0]
    assert "15 条" in lines[0]
    assert "没有编号和姓名" in lines[1]
    assert len(lines) == 3
    number = re.findall(r"--undo (\d+)", lines[2])[0]
    assert main(["import", "--status", *sign_in]) == 0
    assert SHEET.name in capsys.readouterr().out
    assert main(["import", "--undo", number, *sign_in]) == 0
    assert "收回" in capsys.readouterr().out
    assert not Customer.objects.filter(life=0).exists()
    assert main(["import", "--undo", number]) == 1, "others' imports are absent"


@pytest.mark.parametrize(("name", "sign_in"), [("nothing.xlsx", "周牧远"), (SHEET.name, "没有此人")])
def test_import_without_a_file_or_a_member_is_refused(cast: Cast, capsys: Terminal, name: str, sign_in: str) -> None:
    assert main(["import", str(SHEET.with_name(name)), "--as", sign_in]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not Event.objects.exists()


def test_recycle_tells_what_would_fall_and_why_and_does_it_when_asked_B4_P8(cast: Cast, capsys: Terminal) -> None:
    assert main(["recycle"]) == 1
    assert "还没有启用的公海" in capsys.readouterr().err
    pool = make_pool("华东公海", cast.owner.pk, recycles=True)
    make_rule(pool, "no_followup", 30)
    row = make_customer(cast.actor("owner"), "苏州晶砺半导体")
    Customer.objects.filter(pk=row.pk).update(owner_since=timezone.now() - timedelta(days=40))
    list(restate(system(CLOCK)))
    assert main(["recycle"]) == 0
    said = capsys.readouterr().out
    assert "02:00 为止会掉入 1 条" in said
    assert f"苏州晶砺半导体\t{cast.owner.name}\t30 天未跟进" in said
    assert Customer.objects.get(pk=row.pk).pool_id is None
    assert main(["recycle", "--pool", "没有的"]) == 1
    assert "有：华东公海" in capsys.readouterr().err
    assert main(["recycle", "--day", "明天"]) == 1
    capsys.readouterr()
    assert main(["recycle", "--run"]) == 0
    assert "已掉入公海 1 条" in capsys.readouterr().out
    assert Customer.objects.get(pk=row.pk).pool_id == pool.pk
    assert main(["recycle", "--run"]) == 0
    assert "已掉入公海 0 条" in capsys.readouterr().out


def test_handover_is_told_first_done_when_asked_and_taken_back_B16(cast: Cast, capsys: Terminal) -> None:
    make_pool("华东公海", cast.owner.pk)
    rows = [make_customer(cast.actor("owner"), f"公司{n}") for n in range(3)]

    def owners() -> list[int | None]:
        return [Customer.objects.get(pk=row.pk).owner_id for row in rows]

    assert main(["handover", cast.owner.name, "--to", f"{cast.teammate.name}，{cast.stranger.name}"]) == 0
    said = capsys.readouterr().out
    assert f"客户  3 → {cast.teammate.name} 2、{cast.stranger.name} 1" in said
    assert "没有写入" in said
    assert owners() == [cast.owner.pk] * 3
    assert not Handover.objects.exists()
    for wrong, why in ((["没有此人", "--to", "x"], "没有找到唯一的成员"), ([cast.owner.name], "请用 --to")):
        assert main(["handover", *wrong]) == 1
        assert why in capsys.readouterr().err
    asked = [cast.owner.name, "--pool", "华东公海", "--to", cast.teammate.name, "--kind", "move"]
    assert main(["handover", *asked, "--reason", "转岗到市场部", "--run"]) == 0
    assert "已交接" in capsys.readouterr().out
    assert owners() == [None] * 3
    row = Handover.objects.get()
    assert (row.made_by_id, row.reason) == (cast.administrator.pk, "转岗到市场部")
    assert Event.objects.filter(surface="cli", action="handovers.begin").count() == 1
    claim_customer.run(cast.actor("teammate"), rows[0].pk, {})  # his place in the pool changed hands too
    assert main(["handover", "--undo", str(row.pk)]) == 3
    assert "之后又被修改" in capsys.readouterr().out
    assert owners() == [cast.teammate.pk, cast.owner.pk, cast.owner.pk]
    assert main(["handover", "--status"]) == 0
    assert f"{row.pk}  {cast.owner.name}  转岗  已撤销" in capsys.readouterr().out
    assert main(["handover", "--status", "999999999"]) == 1
