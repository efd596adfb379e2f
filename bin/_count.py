"""Sums up a run of bin/test: the ratio of test to code, then how many checks and tests passed and failed."""

import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent


def main(reports: Path, passed: int, failed: int) -> None:
    """`passed` and `failed` count the checks; the tests are read from pytest's reports."""
    skipped = 0
    for path in sorted(reports.glob("*.xml")):
        for suite in ElementTree.parse(path).iter("testsuite"):  # noqa: S314 - pytest wrote it
            wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left_out = int(suite.get("skipped", 0))
            passed += int(suite.get("tests", 0)) - wrong - left_out
            failed += wrong
            skipped += left_out
    tests, code = count_lines()
    print(f"test : code = {tests} : {code} lines = {tests / max(code, 1):.2f}")
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(failed > 0)


def count_lines() -> tuple[int, int]:
    """Lines that are not empty, of tests and of everything else in Python; migrations count as neither."""
    tests = code = 0
    for path in [*(ROOT / "genjin").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]:
        if "migrations" in path.parts:
            continue
        lines = sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        if "tests" in path.parts or "testing" in path.parts or path.name.startswith("test_"):
            tests += lines
        else:
            code += lines
    return tests, code


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
