"""Writes of phrases (话术): texts to insert while writing, the company's or one's own (S0-81, S0-85)."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.followups.models import Phrase
from genjin.kernel.actions import action
from genjin.kernel.actor import Actor
from genjin.kernel.fields import LongText, Number, Text, YesNo
from genjin.kernel.grants import declare_grants
from genjin.kernel.recording import record
from genjin.kernel.refusal import NotFound, Refused
from genjin.org.grants import add_to_ready_roles

USE, SHARE = "phrases.use", "phrases.share"
MOST = 200

declare_grants(
    gettext_lazy("话术"),
    (USE, gettext_lazy("使用话术，维护自己的")),
    (SHARE, gettext_lazy("维护全公司的话术")),
    scoped=False,
)
add_to_ready_roles(
    salesperson=(USE,),
    create_only=(USE,),
    manager=(USE, SHARE),
    department_head=(USE, SHARE),
    operations=(USE, SHARE),
)

Title = Annotated[str, Text(key="title", label=gettext_lazy("标题"), most=60)]
Said = Annotated[
    str,
    LongText(
        key="words",
        label=gettext_lazy("内容"),
        most=2000,
        help=gettext_lazy("可用 {客户}、{联系人}、{我}，插入时自动换成名称"),
    ),
]
Shared = Annotated[bool, YesNo(key="shared", label=gettext_lazy("全公司可用"))]
Place = Annotated[int | None, Number(key="order", label=gettext_lazy("排序"), least=0, greatest=9999)]


@action("phrases.add", on=Phrase, needs=USE, label=gettext_lazy("添加话术"), icon="plus", listed=False)
def add_phrase(actor: Actor, *, title: Title, words: Said, shared: Shared = False, order: Place = None) -> Phrase:
    """A new phrase of one's own, or of the company. Raises Refused("share"), Refused("too_many")."""
    owner_id = _whose(actor, shared=shared)
    whose = Q(member_id=owner_id) if owner_id else Q(member_id=None)
    if Phrase.objects.filter(whose, retired=False).count() >= MOST:
        raise Refused("too_many", _("话术最多 %d 条，请先停用不用的") % MOST)
    return _kept(actor, Phrase(member_id=owner_id, title=title, words=words, order=order or 0))


@action("phrases.edit", on=Phrase, needs=USE, label=gettext_lazy("修改话术"), icon="pencil", listed=False)
def edit_phrase(
    actor: Actor, phrase_id: int, *, title: Title, words: Said, shared: Shared = False, order: Place = None
) -> Phrase:
    """Change a phrase, and whose it is. Raises NotFound, Refused("share")."""
    phrase = _own(actor, phrase_id)
    phrase.member_id = _whose(actor, shared=shared)
    phrase.title, phrase.words, phrase.order = title, words, order or 0
    return _kept(actor, phrase)


@action(
    "phrases.retire",
    on=Phrase,
    needs=USE,
    label=gettext_lazy("停用话术"),
    icon="archive",
    listed=False,
    undo="phrases.restore",
)
def retire_phrase(actor: Actor, phrase_id: int) -> Phrase:
    """Offer it no more. Raises NotFound."""
    phrase = _own(actor, phrase_id)
    phrase.retired = True
    return _kept(actor, phrase)


@action(
    "phrases.restore",
    on=Phrase,
    needs=USE,
    label=gettext_lazy("启用话术"),
    icon="arrow-back-up",
    listed=False,
    undo="phrases.retire",
)
def restore_phrase(actor: Actor, phrase_id: int) -> Phrase:
    """Offer it again. Raises NotFound."""
    phrase = _own(actor, phrase_id)
    phrase.retired = False
    return _kept(actor, phrase)


def _own(actor: Actor, phrase_id: int) -> Phrase:
    """One's own phrase, or the company's for whoever looks after them. Raises NotFound."""
    found = Phrase.objects.select_for_update().filter(pk=phrase_id).first()
    if found is None or not (found.member_id == actor.member_id or (found.member_id is None and actor.may(SHARE))):
        raise NotFound
    return found


def _whose(actor: Actor, *, shared: bool) -> int | None:
    if shared and not actor.may(SHARE):
        raise Refused("share", _("全公司的话术由主管或管理员维护，请先存为自己的"), "shared")
    return None if shared else actor.member_id


def _kept(actor: Actor, phrase: Phrase) -> Phrase:
    record(actor, phrase)
    return phrase
