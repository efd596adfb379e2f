"""The English of everything: the catalogue is complete and fits its texts; no page has a Chinese word of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client
from django.utils.translation import gettext, ngettext, override, pgettext
from pypinyin import lazy_pinyin

from genjin.followups.phrasing.queries import PLACES
from genjin.handover.words import PLACES as NOTICE_PLACES
from genjin.kernel import industries, regions
from genjin.kernel.actor import system
from genjin.kernel.fields import Choice
from genjin.kernel.records import RECORD_TYPES
from genjin.kernel.stamps import bump_stamp
from genjin.kernel.wording import in_sentence, labelled, listed
from genjin.org.jobs import mail_reset_code
from genjin.org.models import Member
from genjin.surfaces.imports.headings import WORDS as HEADINGS
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Import
from genjin.surfaces.imports.proposing import propose
from genjin.surfaces.imports.samples import Samples
from genjin.surfaces.imports.storage import path_of
from genjin.testing.asking import queries
from genjin.testing.cast import Cast
from genjin.testing.doors import addresses, doors
from genjin.testing.inputs import TAG
from genjin.testing.walking import Answer, Walker, assert_nothing, unlimited
from genjin.testing.world import World, make_world
from tools.messages import ENGLISH, known, untranslated, updated, written

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
PLACEHOLDER = re.compile(r"%\((\w+)\)0?\d*([a-z])|%(?:[sd%])|\{\w+\}")
# English that needs Chinese: what the reader has to type or to look for
QUOTED = {
    "默认管线",  # in forms the Chinese name of a pipeline or stage stands beside its English one
    "初步接触",
    "总",  # what the first rules of the score look for in a position
    "经理",
    "万",
    "跟进",
    "客户名称",
    "姓名",
    "跟进日期",
}
LANGUAGES = {"中文", "简体中文"}  # languages bear their own names
# the list of components shows Chinese samples; public forms, and the text a new one begins with, speak Chinese always
LEFT_OUT = ("/settings/components", "/f/", "/lead-forms/new")


def texts() -> Iterator[Message]:
    return (message for message in known() if message.id)


def forms(text: Any) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.long(about=40)
def test_catalogue_holds_just_the_texts_of_the_sources() -> None:
    assert written(updated()) == ENGLISH.read_text(), "run: python -m tools.messages"


def test_every_text_has_its_english() -> None:
    assert_nothing([f"no English: {message.id}" for message in untranslated(known())])
    assert not [message.id for message in texts() if message.fuzzy]


def test_english_keeps_the_placeholders() -> None:
    def placeholders(text: str) -> list[str]:
        for word, meaning in PLACES.items():  # phrases know their marks in both languages
            text = text.replace(word, f"{{{meaning}}}")
        for key, marks in NOTICE_PLACES.items():  # so do the words to a customer that is handed over
            for word in marks:
                text = text.replace(word, f"{{{key}}}")
        return sorted(f"{m[1]}:{m[2]}" if m[1] else m[0] for m in PLACEHOLDER.finditer(text))

    wrong = [
        f"{message.id} → {english}"
        for message in texts()
        for english in forms(message.string)
        if placeholders(english) != placeholders(forms(message.id)[0])
    ]
    assert_nothing(wrong)


def test_english_has_no_chinese_words() -> None:
    found = {
        f"{message.id} → {english}"
        for message in texts()
        for english in forms(message.string)
        if set(CHINESE.findall(english)) - QUOTED
    }
    assert_nothing(sorted(found))


def test_english_tells_one_from_many() -> None:
    with override("en"):
        assert ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", 1) % {"days": 1} == "Overdue by 1 day"
        assert ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", 3) % {"days": 3} == "Overdue by 3 days"
        assert pgettext("several", "客户") == "Customers"


def test_chinese_is_the_text_itself() -> None:
    with override("zh-hans"):
        assert gettext("客户") == "客户"
        assert pgettext("several", "客户") == "客户"
        assert [ngettext("逾期 %(days)d 天", "逾期 %(days)d 天", n) % {"days": n} for n in (1, 3)] == [
            "逾期 1 天",
            "逾期 3 天",
        ]


def test_words_are_put_together_as_the_language_does() -> None:
    assert listed(["甲", "乙"]) == "甲、乙"
    assert labelled("电话", "1") == "电话：1"
    assert in_sentence("客户") == "客户"
    with override("en"):
        assert listed(["A", "B"]) == "A, B"
        assert labelled("Phone", "1") == "Phone: 1"
        assert [in_sentence(label) for label in ("Customer name", "E-mail", "WeChat ID", "API")] == [
            "customer name",
            "e-mail",
            "WeChat ID",
            "API",
        ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_options_are_found_by_their_words_in_any_language(cast: Cast, language: str) -> None:
    actor = cast.actor("owner")
    level = RECORD_TYPES["customer"].keys["level"]
    assert isinstance(level, Choice)
    with override(language):
        assert [level.parse(word, actor) for word in ("优质客户", "Preferred", "preferred", "B")] == ["B"] * 4


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_columns_of_a_sheet_are_known_by_their_names_in_any_language(cast: Cast, language: str) -> None:
    headings = ["客户名称", "Phone", "客户等级", "Customer Feedback", "跟进日期"]
    samples = Samples.of([["Acme", "13900001111", "优质客户", "fine", "2020-02-01"]], 5)
    with override(language):
        rules = propose(cast.actor("owner"), KINDS["customers"], headings, samples)
    assert [rule.target for rule in rules] == [
        "customer.name",
        "customer.phone",
        "customer.level",
        "followup.feedback",
        "followup.occurred_at",
    ]


@pytest.fixture
def latin_world(db: None) -> World:
    """A world whose records, members and roles have Latin names, and whose members read English."""
    world = make_world("owner")
    for model in apps.get_models():
        if model._meta.app_label.startswith("procrastinate"):
            continue
        columns = [f.name for f in model._meta.concrete_fields if isinstance(f, WORDS)]
        for row in model._default_manager.values("pk", *columns) if columns else ():
            changed = {name: latin(row[name]) for name in columns if latin(row[name]) != row[name]}
            if changed:
                model._default_manager.filter(pk=row["pk"]).update(**changed)
    Member.objects.update(language="en")
    for stored_as in Import.objects.values_list("stored_as", flat=True):
        path_of(stored_as).write_text("Customer name,Phone\nAcme,\nBolt,not a number\n")
    bump_stamp()
    return world


WORDS = (models.CharField, models.TextField, models.JSONField)


def latin(value: Any) -> Any:
    """The value with pinyin for Chinese, in all its depth."""
    if isinstance(value, dict):
        return {key: latin(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [latin(inner) for inner in value]
    return CHINESE.sub(" ", "".join(lazy_pinyin(value))) if isinstance(value, str) and CHINESE.search(value) else value


@pytest.mark.long
@pytest.mark.parametrize("part", ["owner", "administrator"])
def test_pages_in_english_have_no_chinese_words(latin_world: World, part: str) -> None:
    walker, allowed = Walker(latin_world, part), data_words() | QUOTED
    found: dict[str, str] = {}
    with unlimited():
        for path in paths(latin_world):
            for words in chinese_of(walker.get(path)) - allowed:
                found.setdefault(words, path)
    assert_nothing([f"{words}  {path}" for words, path in sorted(found.items())])


@pytest.mark.long
def test_pages_before_sign_in_follow_the_browser(latin_world: World) -> None:
    walker = Walker(latin_world, "anonymous")
    walker.client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    found = {words: path for path in paths(latin_world) for words in chinese_of(walker.get(path)) - LANGUAGES}
    assert_nothing([f"{words}  {path}" for words, path in sorted(found.items())])
    assert "Sign in" in walker.get("/sign-in").body


def test_mail_speaks_its_readers_language(cast: Cast) -> None:
    Member.objects.filter(pk=cast.owner.pk).update(email="owner@example.com", language="en")
    mail_reset_code(system("org.sign_in"), 0, member_id=cast.owner.pk)
    assert mail.outbox[0].subject == "Genjin: reset your password"
    assert not CHINESE.search(str(mail.outbox[0].body))


def paths(world: World) -> list[str]:
    """Every address that is served to GET, and some that are wrong."""
    served = [
        path
        for door in doors()
        if "GET" in door.methods
        for address in addresses(door, world, "owner")
        for path in queries(address, world)
    ]
    wrong = ["/nowhere", "/customers/999999999", "/customers?sort=nothing&level.in=Z", "/palette?q=nothing"]
    return [path for path in [*dict.fromkeys(served), *wrong] if not path.startswith(LEFT_OUT)]


def chinese_of(answer: Answer) -> set[str]:
    if not answer.headers.get("Content-Type", "").startswith(("text/html", "application/json")):
        return set()
    text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), answer.body)
    return set(CHINESE.findall(text))


def data_words() -> set[str]:
    """Chinese that is data in any language: regions, industries, known headings of sheets, names of languages, and the
    titles of sections, which the editor of layouts takes in both languages."""
    names = [unit.name for source in (regions, industries) for unit in below(source)]
    names += [heading for headings in HEADINGS.values() for heading in headings]
    with override("zh-hans"):
        names += [str(section.label) for declared in RECORD_TYPES.values() for section in declared.sections]
    return LANGUAGES | {TAG} | {words for name in names for words in CHINESE.findall(name)}


def below(source: Any, code: str = "") -> Iterator[Any]:
    for unit in source.children(code):
        yield unit
        yield from below(source, unit.code)
