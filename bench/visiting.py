"""Somebody who looks at pages of a running server, one after the other, until his input ends; prints what they took.

    python -m bench.visiting port session /customers?view=all /customers/17

A process of its own: what else runs in the measuring process does not slow it down.
"""

from __future__ import annotations

import http.client
import json
import select
import sys
import time

PAUSE = 0.1


def main() -> int:
    """{address: {times, p50_ms, p95_ms}} as JSON."""
    port, session, *addresses = sys.argv[1:]
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
    took: dict[str, list[float]] = {address: [] for address in addresses}
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        for address in addresses:
            begun = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": f"sessionid={session}"})
            response = connection.getresponse()
            response.read()
            if response.status != http.client.OK:
                raise SystemExit(f"{address}: {response.status}")
            took[address].append(time.perf_counter() - begun)
    print(json.dumps({address: _told(sorted(seconds)) for address, seconds in took.items()}))
    return 0


def _told(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {"times": 0}
    places = {"p50_ms": 0.5, "p95_ms": 0.95}
    found = {name: round(seconds[int(share * (len(seconds) - 1))] * 1000, 1) for name, share in places.items()}
    return {"times": len(seconds), **found}


if __name__ == "__main__":
    sys.exit(main())
