"""Comments (B7, S0-85, S3-11): who may write, mention, take back and read; who is told, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from genjin.comments.actions import take_back_comment, write_comment
from genjin.comments.jobs import MENTION, ON_MINE
from genjin.comments.models import Comment
from genjin.comments.queries import MOST, counted, thread
from genjin.customers.actions.contacts import create_contact
from genjin.customers.actions.customers import add_customer_teammate, create_customer, void_customer
from genjin.customers.models import Customer
from genjin.followups.tests.factories import make_followup
from genjin.kernel.fields import Values
from genjin.kernel.models.events import EventPayload, Notification
from genjin.kernel.models.rows import Record
from genjin.kernel.notices import notices
from genjin.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from genjin.kernel.sealing import deliver, seal
from genjin.kernel.stamps import bump_stamp
from genjin.org.actions.settings import change_settings
from genjin.org.models import Member
from genjin.ownership.models import Teammate
from genjin.testing.cast import Cast, make_cast
from genjin.testing.fingerprints import table_fingerprints


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return create_customer(cast.actor("owner"), values=Values({"name": "苏州金陵仪器"}))


def say(cast: Cast, part: str, record: Record, words: str = "看一下", *mentioned: str) -> Comment:
    ids = [getattr(cast, each).pk for each in mentioned]
    return write_comment(cast.actor(part), record_type=record.row_type, record_id=record.pk, words=words, mentions=ids)


def tell() -> None:
    while seal():
        pass
    while deliver():
        pass


def told(cast: Cast, part: str) -> list[str]:
    mine = Notification.objects.filter(member=getattr(cast, part), kind__in=(MENTION, ON_MINE))
    return list(mine.order_by("id").values_list("kind", flat=True))


def join(cast: Cast, customer: Customer) -> None:
    add_customer_teammate(cast.actor("owner"), customer.pk, member=cast.teammate.pk)


def test_whoever_sees_a_record_may_comment_it_also_with_a_reading_place_in_the_team_b5(
    cast: Cast, customer: Customer
) -> None:
    join(cast, customer)
    for part in ("owner", "manager", "teammate", "administrator"):
        say(cast, part, customer, f"{part} 说")
    found = thread(cast.actor("teammate"), customer).comments
    assert [c.words for c in found] == ["owner 说", "manager 说", "teammate 说", "administrator 说"]


@pytest.mark.parametrize("part", ["stranger", "teammate", "nobody"])
def test_whoever_does_not_see_it_neither_writes_nor_reads_s0_85(cast: Cast, customer: Customer, part: str) -> None:
    comment = say(cast, "owner", customer)
    before = table_fingerprints()
    with pytest.raises((NotFound, Forbidden)):
        say(cast, part, customer)
    with pytest.raises((NotFound, Forbidden)):
        take_back_comment(cast.actor(part), comment.pk)
    with pytest.raises((NotFound, Forbidden)):
        thread(cast.actor(part), customer)
    with pytest.raises((NotFound, Forbidden)):
        counted(cast.actor(part), customer)
    assert table_fingerprints() == before


def test_every_type_of_record_can_be_commented_s0_85(cast: Cast, customer: Customer) -> None:
    owner = cast.actor("owner")
    contact = create_contact(owner, values=Values({"name": "李工", "customer": customer.pk}))
    followup = make_followup(owner, customer, "谈了价格")
    for record in (customer, contact, followup):
        say(cast, "manager", record, "好")
        assert counted(owner, record) == 1


def test_a_mention_of_who_cannot_see_the_record_is_refused_by_name_and_the_team_mends_it(
    cast: Cast, customer: Customer
) -> None:
    before = table_fingerprints()
    with pytest.raises(Refused) as refusal:
        say(cast, "owner", customer, "请看", "teammate", "manager")
    assert refusal.value.code == "cannot_see"
    assert "许星河" in refusal.value.message
    assert "林知夏" not in refusal.value.message
    assert table_fingerprints() == before
    join(cast, customer)
    assert say(cast, "owner", customer, "请看", "teammate").mentions == [cast.teammate.pk]


def test_members_who_left_cannot_be_mentioned_and_their_words_stay(cast: Cast, customer: Customer) -> None:
    join(cast, customer)
    say(cast, "teammate", customer, "交接如下")
    Member.objects.filter(pk=cast.teammate.pk).update(is_active=False)
    bump_stamp()
    raw = {"record_type": "customer", "record_id": customer.pk, "words": "请看", "mentions": [cast.teammate.pk]}
    with pytest.raises(Invalid) as refusal:
        write_comment.run(cast.actor("owner"), None, raw)
    assert "mentions" in refusal.value.errors
    assert [c.words for c in thread(cast.actor("owner"), customer).comments] == ["交接如下"]


def test_words_are_needed_and_bounded(cast: Cast, customer: Customer) -> None:
    for words in ("", "  \n ", "长" * 2001):
        raw = {"record_type": "customer", "record_id": customer.pk, "words": words}
        with pytest.raises(Invalid) as refusal:
            write_comment.run(cast.actor("owner"), None, raw)
        assert "words" in refusal.value.errors
    assert not Comment.objects.exists()


def test_a_voided_record_takes_no_comments_and_keeps_those_it_has(cast: Cast, customer: Customer) -> None:
    say(cast, "manager", customer, "先放一放")
    void_customer(cast.actor("owner"), customer.pk, reason="test")
    with pytest.raises(Refused) as refusal:
        say(cast, "owner", customer)
    assert refusal.value.code == "voided"
    assert [c.words for c in thread(cast.actor("owner"), customer).comments] == ["先放一放"]


def test_the_same_key_writes_once(cast: Cast, customer: Customer) -> None:
    raw = {"record_type": "customer", "record_id": customer.pk, "words": "一次"}
    first = write_comment.run(cast.actor("owner"), None, raw, key="k1")
    again = write_comment.run(cast.actor("owner"), None, raw, key="k1")
    assert again.replayed
    assert again.row_id == first.row_id
    assert Comment.objects.count() == 1


def test_the_author_takes_back_within_the_companys_hours_and_the_words_are_nowhere(
    cast: Cast, customer: Customer
) -> None:
    comment = say(cast, "owner", customer, "说错了的话", "manager")
    taken = take_back_comment(cast.actor("owner"), comment.pk)
    assert (taken.words, taken.mentions) == ("", [])
    assert Comment.objects.filter(pk=comment.pk, words="", taken_back_at__isnull=False).exists()
    assert not EventPayload.objects.filter(changes__icontains="说错了的话").exists()
    assert counted(cast.actor("owner"), customer) == 0
    assert len(thread(cast.actor("owner"), customer).comments) == 1
    with pytest.raises(Refused) as refusal:
        take_back_comment(cast.actor("owner"), comment.pk)
    assert refusal.value.code == "taken_back"


def test_later_only_whoever_manages_takes_back(cast: Cast, customer: Customer) -> None:
    comment = say(cast, "owner", customer)
    Comment.objects.filter(pk=comment.pk).update(written_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Forbidden) as refusal:
        take_back_comment(cast.actor("owner"), comment.pk)
    assert "24" in refusal.value.message
    take_back_comment(cast.actor("manager"), comment.pk)


def test_the_hours_are_a_setting(cast: Cast, customer: Customer) -> None:
    comment = say(cast, "owner", customer)
    Comment.objects.filter(pk=comment.pk).update(written_at=timezone.now() - timedelta(hours=25))
    change_settings(cast.actor("administrator"), changes={"comments.take_back_hours": 48})
    assert take_back_comment(cast.actor("owner"), comment.pk).taken_back_at


def test_teammates_do_not_take_back_what_others_wrote(cast: Cast, customer: Customer) -> None:
    join(cast, customer)
    comment = say(cast, "manager", customer)
    for part in ("owner", "teammate"):
        with pytest.raises(Forbidden):
            take_back_comment(cast.actor(part), comment.pk)


def test_owner_and_mentioned_are_told_once_and_nobody_of_his_own_words_b7(cast: Cast, customer: Customer) -> None:
    join(cast, customer)
    say(cast, "manager", customer, "请看", "owner", "teammate")
    say(cast, "manager", customer, "另外")
    say(cast, "owner", customer, "好的", "owner")
    tell()
    tell()
    assert told(cast, "owner") == [MENTION, ON_MINE]
    assert told(cast, "teammate") == [MENTION]
    assert told(cast, "manager") == []


def test_what_was_taken_back_before_is_not_told(cast: Cast, customer: Customer) -> None:
    take_back_comment(cast.actor("manager"), say(cast, "manager", customer, "请看", "owner").pk)
    tell()
    assert told(cast, "owner") == []


def test_messages_lead_to_the_comment_and_say_nothing_once_the_record_is_out_of_sight(
    cast: Cast, customer: Customer
) -> None:
    join(cast, customer)
    comment = say(cast, "owner", customer, "机密内容", "teammate")
    tell()
    (notice,), _more = notices(cast.actor("teammate"), unread_only=True, kind=MENTION)
    assert notice.anchor == f"comment-{comment.pk}"
    assert "周牧远" in notice.words
    assert "苏州金陵仪器" in notice.words
    assert "机密内容" not in notice.words
    Teammate.objects.all().delete()
    (notice,), _more = notices(cast.actor("teammate"), unread_only=True, kind=MENTION)
    assert notice.hidden
    assert not notice.anchor
    assert not notice.note
    assert "苏州" not in notice.words


def test_threads_are_read_on_by_key_the_newest_last(cast: Cast, customer: Customer) -> None:
    made = [say(cast, "owner", customer, str(number)).pk for number in range(MOST * 2 + 3)]
    owner = cast.actor("owner")
    newest = thread(owner, customer)
    assert [c.pk for c in newest.comments] == made[-MOST:]
    assert (newest.earlier, newest.later) == (True, False)
    before = thread(owner, customer, before=newest.comments[0].pk)
    assert [c.pk for c in before.comments] == made[3 : 3 + MOST]
    around = thread(owner, customer, at=made[10])
    assert made[10] in [c.pk for c in around.comments]
    assert (around.earlier, around.later) == (True, True)
    after = thread(owner, customer, after=around.comments[-1].pk)
    assert after.comments[0].pk == made[made.index(around.comments[-1].pk) + 1]
