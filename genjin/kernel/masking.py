"""Masked forms of personal values (B19). Who sees which form is decided elsewhere.

Every function keeps little enough to recognise and too little to use; what it cannot read it hides whole.
"""

from __future__ import annotations

import re
import unicodedata

from genjin.kernel.normal import check_phone
from genjin.kernel.regions import full_name, parse_region

HIDDEN = "****"
STORED_LANDLINE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})-[2-8][0-9]{6,7}")


def mask_phone(text: str) -> str:
    """138****5678; 0512-****1234 for a landline; first and last for another number. Service numbers are public."""
    if len(text) == 11 and text.isascii() and text.isdigit() and "13" <= text[:2] <= "19":
        return text[:3] + HIDDEN + text[-4:]  # as numbers are stored: lists mask them by the dozen
    if STORED_LANDLINE.fullmatch(text):
        return _masked_landline(text)
    if not text.strip():
        return ""
    checked = check_phone(text)
    if checked.kind == "service" and checked.normal:
        return checked.normal
    if checked.kind == "mobile" and checked.normal:
        return checked.normal[:3] + HIDDEN + checked.normal[-4:]
    if checked.kind == "landline" and checked.normal:
        return _masked_landline(checked.normal)
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    if len(digits) < 8:
        return HIDDEN
    return ("+" if checked.kind == "foreign" else "") + digits[:2] + HIDDEN + digits[-3:]


def mask_email(text: str) -> str:
    """z***@example.com."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not local:
        return "***" if text.strip() else ""
    return f"{local[0]}***@{domain}"


def mask_id_card(text: str) -> str:
    """320***********1234: first 3, last 4."""
    return _ends(text, first=3, last=4, shortest=15)


def mask_bank_card(text: str) -> str:
    """**** **** 1234: last 4."""
    if not text.strip():
        return ""
    digits = re.sub(r"[\s-]", "", text)
    return f"{HIDDEN} {HIDDEN} {digits[-4:]}" if len(digits) >= 12 else HIDDEN


def mask_name(text: str) -> str:
    """张*, 欧*, J***: the first character and stars, no more than three."""
    name = text.strip()
    return name[:1] + "*" * min(3, max(1, len(name) - 1)) if name else ""


def mask_address(text: str) -> str:
    """江苏省 苏州市 虎丘区 ****: down to the district; nothing where no region is named."""
    if not text.strip():
        return ""
    region = parse_region(text)
    return f"{full_name(region.code)} {HIDDEN}" if region else HIDDEN


def _masked_landline(normal: str) -> str:
    *area, number = normal.split("-")[:2]
    return "-".join([*area, HIDDEN + number[-4:]])


def _ends(text: str, *, first: int, last: int, shortest: int) -> str:
    letters = re.sub(r"\s", "", text)
    if not letters:
        return ""
    if len(letters) < shortest:
        return HIDDEN
    return letters[:first] + "*" * (len(letters) - first - last) + letters[-last:]
