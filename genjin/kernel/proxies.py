"""Whose request it is behind reverse proxies: forwarded headers count as far as trusted proxies wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

MOST_HOPS = 20


@dataclass(frozen=True)
class Proxies:
    """The proxies in front: how many there are, or their addresses and networks. Neither: none is trusted."""

    count: int = 0
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> Proxies:
        """From `1`, or from `10.0.0.5, 172.16.0.0/12`. Raises ValueError."""
        text = text.strip()
        if text.isascii() and text.isdecimal():
            if int(text) > MOST_HOPS:
                raise ValueError(text)
            return cls(count=int(text))
        return cls(networks=tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()))

    def trust(self, peer: str) -> bool:
        """Whether who connected is a proxy of ours."""
        return self.count > 0 or self._ours(_address(peer))

    def client(self, peer: str, forwarded: str) -> str:
        """The address of who asked. `peer`: who connected; `forwarded`: X-Forwarded-For, to which each proxy adds the
        address that asked it at the right. What stands left of the first address that is not ours may be invented."""
        if not self.trust(peer):
            return peer
        hops = [part.strip() for part in forwarded.split(",")][-MOST_HOPS:]
        if self.count:
            found = _address(hops[-self.count]) if len(hops) >= self.count else None
            return str(found) if found else peer
        known = peer
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                return known
            known = str(address)
            if not self._ours(address):
                return known
        return known

    def _ours(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self.networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, without the port that some proxies add; None for what is none."""
    text = text.strip()[:60]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
