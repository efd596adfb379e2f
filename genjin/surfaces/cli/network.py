"""Ports and addresses of this machine, and the QR code that phones scan."""

from __future__ import annotations

import socket
import sys

from genjin.kernel.postgres import DatabaseTrouble
from genjin.kernel.processes import wait_until
from genjin.kernel.words import _

_PATIENCE = 2.0


def check_port(host: str, port: int) -> None:
    """Raises DatabaseTrouble when somebody else has the port; one who is just dying gets a moment."""
    if not wait_until(lambda: _is_free(host, port), _PATIENCE):
        raise DatabaseTrouble(_("端口 %(port)s 不可用：请用 --port 换一个端口。") % {"port": port})


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def lan_address() -> str | None:
    """This machine's address in the local network, None without one. Asks the routing table; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") else address


def answers(port: int, path: str) -> bool:
    """Does our web process on this machine answer the path with 200?"""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def print_qr_code(address: str) -> None:
    """Draw the address in the terminal, when the terminal has the characters for it."""
    import segno  # slow: only for --listen

    if (sys.stdout.encoding or "").lower().startswith("utf"):
        segno.make(address).terminal(compact=True, border=2)
