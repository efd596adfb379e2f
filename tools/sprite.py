"""Build genjin/ui/static/sprite.svg from tools/icons.json: only the icons that the product's sources name.

Run `python tools/sprite.py` after using a new icon; `--check` says whether the sprite is up to date. Icons are
looked for in templates (`icon("x")`, `icon="x"`), in Python (`icon="x"`, tables called …ICONS) and in scripts.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tools" / "icons.json"
SPRITE = ROOT / "genjin" / "ui" / "static" / "sprite.svg"

LITERAL = re.compile(r"""(?<!== )["']([a-z0-9-]+)["'](?!\s*:)""")
PLACES = (
    re.compile(r"(?:\b|_)icon\(((?:[^()]|\([^()]*\))*)\)"),
    re.compile(r"""\bicon\s*[=:]\s*\(?([^,)\n}]*)"""),
    re.compile(r"\bICONS?\b[^=\n]*=\s*(?:Object\.freeze\()?\{(.*?)\n?\}", re.DOTALL),
    re.compile(r"_ICONS?\b[^=\n]*=\s*\{(.*?)\n?\}", re.DOTALL),
)
SIZES = {"s", "l", "fill", "ok", "bad"}


def named_icons(root: Path = ROOT) -> dict[str, str]:
    """Every icon name the sources use -> one file that uses it. Names unknown to icons.json are kept (to be found)."""
    known = set(json.loads(SOURCE.read_text()))
    found: dict[str, str] = {}
    for path in sorted((root / "genjin").rglob("*")):
        if path.suffix not in {".html", ".py", ".js"} or "vendor" in path.parts or "_static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for number, place in enumerate(PLACES):
            for match in place.finditer(text):
                for name in LITERAL.findall(match.group(1)):
                    if name in known or (number == 0 and name not in SIZES):
                        found.setdefault(name, str(path.relative_to(root)))
    return found


def sprite() -> str:
    """The sprite's text. Raises SystemExit naming an icon that icons.json lacks."""
    shapes = json.loads(SOURCE.read_text())
    used = named_icons()
    missing = {name: where for name, where in used.items() if name not in shapes}
    if missing:
        raise SystemExit(f"tools/icons.json lacks: {missing}")
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes[name]}</symbol>' for name in sorted(used))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def main(arguments: list[str]) -> int:
    """Write the sprite, or with --check only compare it."""
    text = sprite()
    if "--check" in arguments:
        fresh = SPRITE.exists() and SPRITE.read_text() == text
        print("sprite is up to date" if fresh else "sprite is out of date: run python tools/sprite.py")
        return 0 if fresh else 1
    SPRITE.write_text(text)
    print(f"{SPRITE.relative_to(ROOT)}: {text.count('<symbol')} icons, {len(text)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
