"""The values of a deleted field in a file: one line of JSON per record, beside the attachments, in every backup."""

from __future__ import annotations

import json
from pathlib import Path

from genjin.kernel.files import path_of
from genjin.kernel.models.definitions import OwnField
from genjin.kernel.records import RECORD_TYPES
from genjin.tailoring.rules.converting import BEFORE

FOLDER = "fields"


def kept_in(row: OwnField) -> Path:
    """Where the values of a field are kept."""
    return path_of(f"{FOLDER}/{row.pk}-{row.record_type}-{row.key}.jsonl")


def write(row: OwnField) -> tuple[str, int]:
    """(name, records) of the file with all values, written anew or added to: what a run that broke off has written
    stays. The first line is the definition."""
    path = kept_in(row)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = _known(path)
    names = (row.key, row.key + BEFORE)
    rows = RECORD_TYPES[row.record_type].model._default_manager.filter(custom__has_any_keys=names).order_by("id")
    count = len(known)
    with path.open("a", encoding="utf-8") as out:
        path.chmod(0o600)
        if not known:
            definition = {"field": row.key, "label": row.label, "kind": row.kind, "facts": row.facts}
            out.write(json.dumps(definition, ensure_ascii=False) + "\n")
        for row_id, code, custom in rows.values_list("id", "code", "custom").iterator(2000):
            if row_id not in known:
                kept = {name: custom[name] for name in names if name in custom}
                out.write(json.dumps({"id": row_id, "code": code, "values": kept}, ensure_ascii=False) + "\n")
                count += 1
    return path.name, count


def _known(path: Path) -> set[int]:
    """The records that are in the file; a last line that broke off is cut."""
    if not path.exists():
        return set()
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return {json.loads(line)["id"] for line in whole.splitlines()[1:]}
