"""Prints the path of the Chromium that playwright has downloaded; fails when there is none."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = Path(playwright.chromium.executable_path)
    # The headless shell is a download of its own beside the full browser.
    shells = sorted(path.parent.parent.parent.glob("chromium_headless_shell-*/*/*headless*shell*"))
    found = [candidate for candidate in (path, *shells) if candidate.is_file()]
    print(found[0] if found else "")
    sys.exit(not found)
