"""The catalogue of English texts: collected from the sources, whose texts are Chinese.

`python -m tools.messages` brings genjin/locale/en up to date and names what lacks English; `… check` changes nothing.
Both exit with 1 if something is missing. The guard is genjin/ui/tests/test_catalogues.py.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "genjin"
ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = """\
# English texts of Genjin. The msgids are the Chinese texts of the sources, which is why there is no zh_Hans.
# `python -m tools.messages` brings new texts in and names those without English.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS: dict[str, dict[str, Any]] = {
    "**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
}
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NOT_READ = ("tests", "testing", "migrations", "locale", "static", "_static")


def collected() -> Catalog:
    """Every text of the sources (tests aside), without English."""
    texts = Catalog()
    found = extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS, directory_filter=_is_read)
    for _file, _line, text, _comments, context in found:
        texts.add(text, context=context)
    return texts


def known() -> Catalog:
    """The committed catalogue."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def updated() -> Catalog:
    """The committed catalogue with the texts of the sources: new ones empty, unused ones gone."""
    old, new = known(), Catalog(locale="en")
    for message in collected():
        if message.id:
            before = old.get(message.id, message.context)
            english = before.string if before is not None and before.pluralizable == message.pluralizable else None
            new.add(message.id, english, context=message.context, flags=message.flags)
    return new


def written(catalog: Catalog) -> str:
    """The catalogue as its file holds it: sorted, without dates and places, which only make differences."""
    text = io.BytesIO()
    write_po(text, catalog, width=120, sort_output=True, no_location=True, ignore_obsolete=True, omit_header=True)
    return HEADER + text.getvalue().decode()


def untranslated(catalog: Catalog) -> list[Message]:
    """The texts that lack English, or one of its plural forms."""
    return [message for message in catalog if message.id and not _filled(message.string)]


def main(arguments: list[str]) -> int:
    """Update or check. Exits with 1 if there is something to do."""
    catalog = updated()
    text = written(catalog)
    stale = text != ENGLISH.read_text()
    if arguments == ["check"]:
        print("the catalogue is out of date: python -m tools.messages" if stale else "the catalogue is up to date")
    else:
        ENGLISH.write_text(text)
        stale = False
    missing = untranslated(catalog)
    print(*(f"no English: {message.id}" for message in missing), sep="\n")
    return 1 if missing or stale else 0


def _is_read(folder: str) -> bool:
    name = Path(folder).name
    return name not in NOT_READ and not name.startswith(("_", "."))


def _filled(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
