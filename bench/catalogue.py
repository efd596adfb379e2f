"""What is measured, declared: key, words, parameters as in a list's address. Run by `cases` and `pages`."""

# ruff: noqa: E501 - tables of words and SQL read better unbroken
from __future__ import annotations

from dataclasses import dataclass

PAGES_DEEP = 1_000
DEPTH = PAGES_DEEP * 50


@dataclass(frozen=True)
class Case:
    """One thing to do; `goal` in milliseconds of CPU or p95 as `docs/performance.md` says."""

    key: str
    label: str
    parameters: dict[str, list[str]]
    kind: str = "list"  # list | search | detail | create
    of: str = "customer"  # the record type


def cases() -> list[Case]:
    """All cases, in the order of the report."""
    lists = [
        Case("first", "list, first page", {}),
        Case("mine", "list, owner is me", {"owner.in": ["me"]}),
        Case("option", "filtered by an option", {"level.in": ["A"]}),
        Case("words", "option + two Han characters (common)", {"level.in": ["A"], "q": ["科技"]}),
        Case("words_medium", "option + two Han characters (medium)", {"level.in": ["A"], "q": ["光电"]}),
        Case("words_rare", "option + two Han characters (rare)", {"level.in": ["A"], "q": ["嵩雾"]}),
        Case("sorted", "option + two Han characters, by next contact", {"level.in": ["A"], "q": ["科技"], "sort": ["next_contact_at"]}),
        Case("next", "by next contact", {"sort": ["next_contact_at"]}),
        Case("updated", "by last change, newest first", {"sort": ["-updated_at"]}),
        Case("region", "of a province, by last follow-up", {"region.in": ["江苏"], "sort": ["-last_followed_at"]}),
        Case("deep", f"{PAGES_DEEP} pages deep, by key", {"deep": ["1"]}),
        Case("archived", "archived", {"life": ["archived"]}),
        Case("contacts", "contacts, first page", {}, of="contact"),
        Case("contacts_of_role", "contacts by decision role and a common name", {"decision_role.in": ["decider"], "q": ["王"]}, of="contact"),
    ]  # fmt: skip
    words = [
        ("common", "two Han characters, common", "科技"), ("medium", "two Han characters, medium", "光电"),
        ("uncommon", "two Han characters, uncommon", "昆岚"), ("rare", "two Han characters, rare", "嵩雾"),
        ("none", "two Han characters, none", "鑫龘"), ("long", "five Han characters", "苏州新东方"),
        ("latin", "a Latin prefix", "kait"), ("pinyin", "pinyin", "huaxing"), ("pinyin_open", "pinyin, begun", "suzhouh"),
        ("initials", "initials", "szhx"), ("tail", "last four digits", "5678"), ("phone", "a whole phone", "{phone}"),
        ("code", "a code", "{code}"),
    ]  # fmt: skip
    people = [("contact", "a contact's name", "王建国"), ("contact_tail", "last four digits of a contact", "5678")]
    found = [Case(f"search_{key}", f"search: {label}", {"q": [text]}, "search") for key, label, text in words]
    found += [
        Case(f"search_{key}", f"search: {label}", {"q": [text]}, "search", "contact") for key, label, text in people
    ]
    return [*lists, *found, Case("detail", "detail", {}, "detail"), Case("create", "create", {}, "create")]
