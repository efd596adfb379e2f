"""Queries built once give what ordinary queries give."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from genjin.kernel.ready import MARK, MOMENT, WORD, Ready
from genjin.org.models import Member
from genjin.testing.cast import Cast


def test_rows_are_those_of_the_query_for_every_value(cast: Cast) -> None:
    by_id = Ready(lambda pk: Member.objects.filter(pk=pk).select_related("department").defer("pinyin"))
    by_name = Ready(lambda name: Member.objects.filter(sign_in=name), WORD)
    for member in (cast.owner, cast.stranger):
        with CaptureQueriesContext(connection) as asked:
            (found,) = by_id.rows(member.pk)
            assert found.department == member.department
        assert len(asked) == 1
        assert (found, found.name, found.get_deferred_fields()) == (member, member.name, {"pinyin"})
        assert by_name.rows(member.sign_in) == [member]


def test_what_is_not_there_is_not_found(cast: Cast) -> None:
    by_id = Ready(lambda pk: Member.objects.filter(pk=pk))
    assert [by_id.rows(value) for value in (-1, 0, 10**18, 10**30)] == [[], [], [], []]
    assert Ready(lambda name: Member.objects.filter(sign_in=name), WORD).rows("' OR true --") == []


def test_several_values_and_plain_columns(cast: Cast) -> None:
    within = Ready(
        lambda pk, since: Member.objects.filter(pk=pk, created_at__gte=since).values_list("name", "pk"), MARK, MOMENT
    )
    before = cast.owner.created_at - timedelta(days=1)
    assert within.rows(cast.owner.pk, before) == [(cast.owner.name, cast.owner.pk)]
    assert within.rows(cast.stranger.pk, before) == [(cast.stranger.name, cast.stranger.pk)]
    assert within.rows(cast.owner.pk, before + timedelta(days=9)) == []
