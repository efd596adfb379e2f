"""`bin/bench`: builds the data, measures, writes bench/results/*.json and docs/performance.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from bench.comparing import compare
from bench.report import write_report

RESULTS = Path(__file__).parent / "results"
COMPARED = RESULTS / "compared.json"
COMPARED_PART = "compared"
PARTS = ("lists", "workday", "statistics", "server", COMPARED_PART)


def main() -> int:
    """Measure the asked sizes one after the other, each in a process of its own."""
    options = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    options.add_argument("--customers", default="100000,1000000", help="how many; several separated by commas, or one")
    options.add_argument("--times", type=int, default=40, help="runs per case (or six seconds)")
    options.add_argument(
        "--parts",
        default=",".join(PARTS),
        help="of these, separated by commas; of the others the results that are there stand",
    )
    options.add_argument("--report-only", action="store_true", help="write the report from the results that are there")
    asked = options.parse_args()
    RESULTS.mkdir(exist_ok=True)
    totals = [int(word) for word in asked.customers.split(",")]
    started = time.monotonic()
    wrong = 0 if asked.report_only else measure(totals, asked.times, asked.parts.split(","))
    found = [json.loads(path.read_text()) for path in RESULTS.glob("[0-9]*.json")]
    compared = json.loads(COMPARED.read_text()) if COMPARED.exists() else {}
    write_report(sorted(found, key=lambda each: each["customers"]), compared)
    print(f"{time.monotonic() - started:.0f} s in all")
    return 1 if wrong or any(each.get("failed") for each in found) else 0


def measure(totals: list[int], times: int, parts: list[str]) -> int:
    """How many processes broke off; the others have written their results."""
    wrong = 0
    for total in totals:
        command = [sys.executable, "-m", "bench.running", str(total), str(RESULTS / f"{total}.json"), str(times)]
        own = [part for part in parts if part != COMPARED_PART]
        if own:
            wrong += subprocess.run([*command, *own], check=False).returncode != 0
    if COMPARED_PART in parts and len(totals) > 1 and not wrong:
        COMPARED.write_text(json.dumps(compare(totals), ensure_ascii=False, indent=1))
    return wrong


if __name__ == "__main__":
    sys.exit(main())
