"""What comes in from outside: each sheet once, however often it is sent; what is abuse is only counted (ASVS 2.4.1,
15.3.1). Nothing here depends on what the company has already: that is asked later, by a job, so that the answer and the
time it takes tell nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import careful
from genjin.kernel.actions import action, parse_fields
from genjin.kernel.actor import Actor
from genjin.kernel.fields import Field, Number
from genjin.kernel.jobs import start_job
from genjin.kernel.recording import plain, record
from genjin.leadforms.declared import digest_of, fields_of, shown
from genjin.leadforms.grants import RECEIVE
from genjin.leadforms.models import FormEdition, LeadForm, Refusal, Submission
from genjin.leadforms.pacing import within_pace
from genjin.leadforms.queries import channel_of, closed_now, same_again
from genjin.leadforms.rules import Closed, Turned, shortened
from genjin.leadforms.settings import AGAIN_MINUTES, SECONDS
from genjin.leadforms.tokens import Sheet

LANDING = "leadforms.land"
MOST_NETWORKS = 200
AGREED = "agreed"


@dataclass(frozen=True)
class Sent:
    """A request as the page read it. `values`: {field key: text, or texts where several were ticked}; `others`: names
    of inputs that no form has; `sheet`: None when it bears no good signature."""

    sheet: Sheet | None
    values: Mapping[str, Any]
    agreed: bool = False
    trapped: bool = False
    others: tuple[str, ...] = ()
    address: str = ""
    agent: str = ""
    framed: bool = False


@dataclass(frozen=True)
class Receipt:
    """What became of it: taken (or taken before), or why not, with what to mend."""

    taken: bool = False
    turned: Turned | None = None
    closed: Closed | None = None
    stale: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@action(
    "leadforms.pace",
    on=None,
    needs=RECEIVE,
    label=gettext_lazy("清点提交次数"),
    silent="tries are only counted",
    listed=False,
)
def pace(actor: Actor, *, form: LeadForm, address: str = "") -> bool:
    """Count a try in a transaction of its own, so that it counts whatever comes of it; whether it may be looked at."""
    return within_pace(form, address, actor.stamp)


@action(
    "leadforms.turn_away",
    on=None,
    needs=RECEIVE,
    label=gettext_lazy("拒绝提交"),
    silent="abuse is only counted",
    listed=False,
)
def turn_away(
    actor: Actor,  # noqa: ARG001 - as for all actions
    *,
    form: LeadForm,
    reason: Turned,
    address: str = "",
) -> None:
    """Count what is not even looked at."""
    _count(form, reason, address)


@action(
    "leadforms.receive",
    on=Submission,
    needs=RECEIVE,
    label=gettext_lazy("收到提交"),
    icon="inbox",
    silent="what came before, is abuse or has to be mended is not recorded",
    listed=False,
)
def receive(
    actor: Actor, *, form: Annotated[int, Number(key="form", label=gettext_lazy("公开表单"))], sent: Sent
) -> Receipt:
    """Take a submission exactly once: the same sheet with the same content, or the same content within a short while,
    is taken already. Submissions of one form come one after another."""
    row = LeadForm.objects.select_for_update(no_key=True).filter(pk=form).first()
    if row is None:  # deleted a moment ago
        return Receipt(closed=Closed.CLOSED)
    if sent.sheet is None:
        return _away(row, Turned.TOKEN, sent)
    fields = {f.key: f for _asked, f in fields_of(row.fields, actor.stamp)}
    values, errors = _read(actor, fields, sent)
    digest = _digest(values, agreed=sent.agreed)
    earlier = Submission.objects.filter(form=row, token=sent.sheet.nonce).only("id", "digest").first()
    if earlier is not None:
        return _again(earlier) if earlier.digest == digest else _away(row, Turned.REPLAYED, sent)
    refused = _refused(actor, row, sent, errors)
    if refused is not None:
        return refused
    known = same_again(row, digest, AGAIN_MINUTES.at(actor.stamp))
    if known is not None:
        return _again(known)
    kept = {key: plain(_raw(sent.values[key])) for key, value in values.items() if value not in (None, "", [], False)}
    _keep(actor, row, sent, kept, digest)
    return Receipt(taken=True)


def _refused(actor: Actor, form: LeadForm, sent: Sent, errors: Mapping[str, str]) -> Receipt | None:
    """Why a sheet that is sent for the first time is not taken."""
    assert sent.sheet is not None
    closed = closed_now(form, actor.stamp)
    if closed is not None:
        return Receipt(closed=closed)
    if sent.trapped:
        return _away(form, Turned.TRAP, sent)
    if sent.sheet.said != digest_of(shown(form, actor.stamp)):
        return Receipt(stale=True)
    if sent.others:
        return _away(form, Turned.UNKNOWN, sent)
    if sent.sheet.age() < SECONDS.at(actor.stamp):
        return _away(form, Turned.FAST, sent)
    return Receipt(errors=errors) if errors else None


def _read(actor: Actor, fields: Mapping[str, Field], sent: Sent) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the declared fields, and what is wrong with them; the box has to be ticked, too."""
    values, errors = parse_fields(fields, sent.values, actor, partial=False)
    policy = careful.policy(actor.stamp)
    if policy.mode is careful.Mode.REFUSE:
        for key, value in values.items():
            if isinstance(value, str) and careful.is_free(fields[key]) and policy.find(value):
                errors[key] = _("请不要填写身份证号、银行卡号等敏感信息")
    if not sent.agreed:
        errors[AGREED] = _("请阅读上面的说明，同意后打勾")
    return values, errors


def _digest(values: Mapping[str, Any], *, agreed: bool) -> str:
    """What tells one content from another. Keyed: numbers of telephones could be guessed from a plain one."""
    said = repr(sorted((key, str(plain(value))) for key, value in values.items() if value not in (None, "", [])))
    return salted_hmac("genjin.leadforms.digest", f"{agreed} {said}", algorithm="sha256").hexdigest()


def _raw(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else str(value)


def _keep(actor: Actor, form: LeadForm, sent: Sent, values: dict[str, Any], digest: str) -> None:
    sheet = sent.sheet
    assert sheet is not None
    row = Submission(
        form=form,
        edition=_edition(form, actor.stamp),
        channel=channel_of(form, sheet.channel),
        token=sheet.nonce,
        values=values,
        given=list(values),
        digest=digest,
        agreed=sent.agreed,
        tracked=sheet.tracked,
        referrer=sheet.referrer,
        network=shortened(sent.address),
        agent=sent.agent[:200],
        framed=sent.framed,
        took=sheet.age(),
    )
    record(actor, row)
    start_job(actor, LANDING, submission=row.pk)


def _edition(form: LeadForm, stamp: int) -> FormEdition:
    """What the form says now, kept when somebody agrees to it for the first time."""
    said = shown(form, stamp)
    digest = digest_of(said)
    found = FormEdition.objects.filter(form=form, digest=digest).first()
    if found is None:
        number = FormEdition.objects.filter(form=form).count() + 1
        found = FormEdition.objects.create(form=form, number=number, shown=said, digest=digest)
    return found


def _again(known: Submission) -> Receipt:
    Submission.objects.filter(pk=known.pk).update(repeats=F("repeats") + 1)
    return Receipt(taken=True)


def _away(form: LeadForm, reason: Turned, sent: Sent) -> Receipt:
    _count(form, reason, sent.address)
    return Receipt(turned=reason)


@transaction.atomic
def _count(form: LeadForm, reason: Turned, address: str) -> None:
    """One more on this day; of the first networks each by itself, so that a flood makes no flood of rows."""
    now = timezone.now()
    network = shortened(address)
    rows = Refusal.objects.filter(form=form, day=now.date())
    if rows.count() >= MOST_NETWORKS and not rows.filter(network=network, reason=reason).exists():
        network = ""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO leadforms_refusal AS r (form_id, day, reason, network, count, first_at, last_at)"
            " VALUES (%s, %s, %s, %s, 1, %s, %s) ON CONFLICT (form_id, day, reason, network)"
            " DO UPDATE SET count = r.count + 1, last_at = excluded.last_at",
            [form.pk, now.date(), reason, network, now, now],
        )
