"""Two layouts made from the same one, put together."""

from __future__ import annotations

from typing import Any

from genjin.tailoring.rules.merging import changes, merge


def laid(*sections: tuple[str, str, str], quick: str = "a b", **overlays: Any) -> dict[str, Any]:
    """Sections as (key, label, fields by letter)."""
    return {
        "sections": [
            {"key": key, "label": label, "english": "", "fields": list(fields), "shown_when": None}
            for key, label, fields in sections
        ],
        "overlays": overlays,
        "quick": quick.split(),
    }


BASE = laid(("one", "基本", "abc"), ("two", "其他", "def"))


def said(arrangement: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(s["key"], s["label"], "".join(s["fields"])) for s in arrangement["sections"]]


def test_what_two_changed_in_different_places_stands_together() -> None:
    mine = laid(("one", "基本", "bac"), ("two", "其他", "de"), ("", "新的", "f"), quick="a b c", a={"label": "甲"})
    theirs = laid(("two", "杂项", "def"), ("one", "基本", "abc"), quick="b", a={"help": "说明"}, b={"required": True})
    both = merge(BASE, mine, theirs)
    assert both.clashes == []
    assert said(both.arrangement) == [("two", "杂项", "de"), ("", "新的", "f"), ("one", "基本", "bac")]
    assert both.arrangement["overlays"] == {"a": {"label": "甲", "help": "说明"}, "b": {"required": True}}
    assert both.arrangement["quick"] == ["b", "c"]
    assert merge(BASE, BASE, theirs).arrangement == theirs
    assert merge(BASE, theirs, BASE).arrangement == theirs


def test_where_both_changed_the_same_it_is_mine_and_told() -> None:
    mine = laid(("one", "基础", "cab"), ("two", "其他", "edf"), a={"label": "甲"})
    theirs = laid(("one", "资料", "bac"), ("two", "其他", "efd"), ("new", "新", ""), a={"label": "乙"})
    both = merge(BASE, mine, theirs)
    assert {change.thing for change in both.clashes} == {
        ("name", "one"), ("overlay", "a", "label"), ("order", "one"), ("order", "two"),
    }  # fmt: skip
    assert said(both.arrangement) == [("one", "基础", "cab"), ("two", "其他", "edf"), ("new", "新", "")]
    assert both.arrangement["overlays"] == {"a": {"label": "甲"}}


def test_a_field_moved_by_both_and_a_section_removed_by_one() -> None:
    mine = laid(("one", "基本", "abcf"), ("two", "其他", "de"))
    theirs = laid(("one", "基本", "abcdef"))
    both = merge(BASE, mine, theirs)
    assert both.clashes == []
    assert said(both.arrangement) == [("one", "基本", "abcdef")]
    moved = merge(
        BASE, laid(("one", "基本", "ab"), ("two", "其他", "defc")), laid(("one", "基本", "ab"), ("", "三", "c"))
    )
    assert [change.thing for change in moved.clashes] == [("home", "c")]


def test_changes_are_told_one_by_one() -> None:
    theirs = laid(("two", "杂项", "dfe"), ("one", "基本", "ab"), ("x", "新", "c"), quick="a", a={"off": True})
    assert {change.thing for change in changes(BASE, theirs)} == {
        ("name", "two"), ("name", "x"), ("home", "c"), ("quick", "b"), ("overlay", "a", "off"), ("order",),
        ("order", "two"),
    }  # fmt: skip
    assert changes(BASE, BASE) == []
