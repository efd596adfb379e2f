"""`bin/bench`: builds the data, measures, writes bench/results/*.json and docs/performance.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from bench.report import write_report

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Measure the asked sizes one after the other, each in a process of its own."""
    options = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    options.add_argument("--customers", default="100000,1000000", help="how many; several separated by commas")
    options.add_argument("--times", type=int, default=40, help="runs per case (or six seconds)")
    options.add_argument("--no-server", action="store_true", help="leave out first visit, memory and throughput")
    options.add_argument("--report-only", action="store_true", help="write the report from the results that are there")
    asked = options.parse_args()
    RESULTS.mkdir(exist_ok=True)
    totals = [int(word) for word in asked.customers.split(",")]
    for total in totals if not asked.report_only else ():
        target = RESULTS / f"{total}.json"
        serve = "no" if asked.no_server else "serve"
        command = [sys.executable, "-m", "bench.running", str(total), str(target), str(asked.times), serve]
        if subprocess.run(command, check=False).returncode:
            return 1
    found = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]
    write_report(sorted(found, key=lambda each: each["customers"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
