"""`genjin serve`: everything in one command. Says what happens; the supervisor does it. Loads no Django."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from genjin.kernel.environment import Environment, data_folder
from genjin.kernel.words import _
from genjin.surfaces.cli.demo import print_sign_ins
from genjin.surfaces.cli.network import check_port, lan_address, print_qr_code
from genjin.surfaces.cli.state import State
from genjin.surfaces.cli.supervisor import Supervisor


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM. Raises DatabaseTrouble, BadSetting."""
    host = "0.0.0.0" if options.listen else "127.0.0.1"  # noqa: S104 - asked for with --listen
    address = _tell_children_the_address(options.port, listen=options.listen)
    Environment.read()  # nonsense in a setting stops us here, with one sentence
    check_port(host, options.port)
    supervisor = Supervisor(data_folder(), host, options.port, demo=options.demo)
    return supervisor.run(lambda report: _announce(address, report, listen=options.listen))


def _tell_children_the_address(port: int, *, listen: bool) -> str:
    """The address to open, for links in mails too; what the user has set stays."""
    lan = lan_address() if listen else None
    address = f"http://{lan or '127.0.0.1'}:{port}"
    if listen:
        name = socket.gethostname()
        hosts = [os.environ.get("GENJIN_HOSTS", ""), lan or "", name, f"{name}.local"]
        os.environ["GENJIN_HOSTS"] = ",".join(host for host in hosts if host)
    return os.environ.setdefault("GENJIN_ADDRESS", address).rstrip("/")


def _announce(address: str, report: dict[str, str], *, listen: bool) -> None:
    print(f"\nGenjin 跟进  {address}\n")
    if "setup_token" in report:
        print(_("首次使用，请打开此一次性地址完成设置（使用后失效）："))
        print(f"  {address}/setup?token={report['setup_token']}\n")
    else:
        print_sign_ins(State.read(data_folder()).sign_ins)
    if listen:
        print_qr_code(address)
    print(_("按 Ctrl-C 停止。"), flush=True)
    sys.stdout.flush()
