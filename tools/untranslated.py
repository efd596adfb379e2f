"""Say which texts have no English: a text of the sources that is missing or empty in genjin/locale/en.

`untranslated.py [template.pot]` exits with 1 and lists them; without a template it looks at the catalogue alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ENGLISH = Path(__file__).resolve().parent.parent / "genjin" / "locale" / "en" / "LC_MESSAGES" / "django.po"


def missing(english: Catalog, texts: Catalog) -> list[str]:
    """The texts without English, in the catalogue's order."""
    found = []
    for message in texts:
        known = english.get(message.id, message.context)
        if message.id and (known is None or not _filled(known.string)):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def _filled(string: object) -> bool:
    return all(string) if isinstance(string, (list, tuple)) else bool(string)


def main(arguments: list[str]) -> int:
    """List what is missing."""
    with ENGLISH.open("rb") as file:
        english = read_po(file, locale="en")
    texts = english
    if arguments:
        with Path(arguments[0]).open("rb") as file:
            texts = read_po(file)
    found = missing(english, texts)
    print(*found, sep="\n")
    print(f"{len(found)} texts have no English" if found else "every text has its English")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
