"""Public forms whose leads go to a leaver: whoever takes over gets them from then on (B16)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.actor import Actor
from genjin.kernel.handing import Handed, Part, Passing, register_part
from genjin.kernel.recording import record_many
from genjin.leadforms.models import LeadForm


def _forms(member_id: int) -> QuerySet[Any, Any]:
    """Those that give him their leads, or what their scheme gives to nobody; closed ones may be opened again."""
    return LeadForm.objects.filter(owner_id=member_id)  # rows: no record type


def _move(actor: Actor, ids: Sequence[int], leaver: int, receiver: int | None) -> Passing:
    """Otherwise everything sent in would wait for review: nobody is there to get it."""
    forms = list(_forms(leaver).filter(pk__in=list(ids)).select_for_update(of=("self",)).order_by("pk"))
    _give(actor, forms, receiver)
    kept = dict.fromkeys(set(ids) - {form.pk for form in forms}, _("准备之后已换了负责人"))
    return Passing([Handed(form.pk, form.version) for form in forms], kept)


def _move_back(actor: Actor, handed: Sequence[Handed], leaver: int, _receiver: int | None) -> Passing:
    was = {each.row_id: each.version for each in handed}
    rows = LeadForm.objects.filter(pk__in=list(was))  # rows: those that were handed over
    rows = rows.select_for_update(of=("self",)).order_by("pk")
    forms = [form for form in rows if form.version == was[form.pk]]
    _give(actor, forms, leaver)
    done = [Handed(form.pk, form.version) for form in forms]
    return Passing(done, dict.fromkeys(was.keys() - {form.pk for form in forms}, _("之后又被修改，保持不变")))


def _give(actor: Actor, forms: Sequence[LeadForm], member_id: int | None) -> None:
    for form in forms:
        form.owner_id = member_id
    record_many(actor, forms, ("owner_id",))


def _titles(_actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    return dict(LeadForm.objects.filter(pk__in=list(ids)).values_list("pk", "name"))  # rows: their names


register_part(
    Part(
        key="lead_forms",
        label=gettext_lazy("公开表单的线索归谁"),
        covers=(),
        rows=_forms,
        move=_move,
        move_back=_move_back,
        titles=_titles,
        order=54,
    )
)
