"""What a composer sends: raw inputs, files and the key; the follow-up is made, then its files are attached."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from genjin.followups.actions import create_followup
from genjin.followups.composing import COMPOSED, SEVERAL, Sent, own_inputs
from genjin.followups.record import FOLLOWUP
from genjin.kernel.actions import Outcome
from genjin.kernel.actor import Actor
from genjin.kernel.careful import CONFIRMED
from genjin.kernel.files import Received, TooLarge, attach_file, path_of, received
from genjin.kernel.models.rows import Record
from genjin.kernel.refusal import Forbidden, Refused
from genjin.plans.subjects import SUBJECTS
from genjin.ui.forms.reading import raw_inputs
from genjin.ui.forms.showing import without_hidden
from genjin.ui.pages import PageRequest

MOST_FILES = 10
SHOWN_IN_FORM = {Refused.status, TooLarge.status}


def save(request: PageRequest, of: Record | None = None) -> Outcome | Sent:
    """Make the follow-up that the form sent; Sent when it was refused by a rule. Files are let in before anything is
    written, so that a bad one refuses the whole. Raises NotFound and Forbidden."""
    raw = _raw(request) | ({of.row_type: str(of.pk)} if of else {})
    key = request.POST.get("idempotency_key", "")[:64]
    uploads = request.FILES.getlist("files")
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(received(request.actor, one)) for one in _allowed(request.actor, uploads)]
            outcome = create_followup.run(request.actor, None, raw, key=key or None)
            _attach(request.actor, outcome, files, key)
            return outcome
    except Refused as refusal:
        if refusal.status not in SHOWN_IN_FORM and not (isinstance(refusal, Forbidden) and "in_dialog" in request.POST):
            raise
        return _refused(raw, key, refusal)


def _raw(request: PageRequest) -> dict[str, Any]:
    sent = request.POST
    inputs = {field.key for field in create_followup.inputs(request.actor)}
    raw: dict[str, Any] = {}
    for name in (*COMPOSED, *SUBJECTS, "plan", CONFIRMED):
        if name in sent and name in inputs:
            raw[name] = sent.getlist(name) if name in SEVERAL else sent[name].replace("\r\n", "\n")
    own = own_inputs(request.actor)
    raw |= raw_inputs(own, sent, [f.key for f in own]) if "own" in sent else {}
    return without_hidden(request.actor, create_followup.inputs(request.actor), {}, raw)


def _allowed(actor: Actor, uploads: list[UploadedFile[Any]]) -> list[UploadedFile[Any]]:
    if uploads:
        attach_file.check(actor)
    if len(uploads) > MOST_FILES:
        raise Refused("too_many_files", _("一次最多 %d 个附件，其余的可在保存后再添加") % MOST_FILES, "files")
    return uploads


def _attach(actor: Actor, outcome: Outcome, files: list[Received], key: str) -> None:
    """Each file under a key of its own, so that a repeated send attaches what is missing and nothing twice."""
    for number, file in enumerate(files):
        raw = {"record_type": FOLLOWUP.key, "record_id": outcome.row_id, "upload": file}
        made = attach_file.run(actor, None, raw, key=f"{key}.{number}" if key else None)
        if made.replayed:
            path_of(file.stored_as).unlink(missing_ok=True)


def _refused(raw: dict[str, Any], key: str, refusal: Refused) -> Sent:
    sent = Sent(raw, key, refusal)
    if refusal.code != "key_reused":
        return sent
    # what was sent first had arrived although the answer did not: a changed text is another follow-up
    told = Refused("sent_before", _("上次发送的内容其实已经保存。要再记一条，请核对后再点保存"))
    return replace(sent, key=uuid.uuid4().hex, refusal=told)
