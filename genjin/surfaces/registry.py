"""Which way in does not offer which action, and why: an action is reachable through every surface, or stands here."""

from __future__ import annotations

from typing import Any

from genjin.kernel.actions import Action

API = "api"
WEB = "web"

_ENTRANCE = "belongs to the sign-in and first-run pages, where nobody is signed in yet"
_CREDENTIAL = "a token must not change what a person signs in with; the page asks for the password"
_SESSION = "sessions are a matter of browsers; the profile page names the one in use"
_NIGHTLY = "a step of a job of the system; no member holds its grant"
_UPLOAD = "takes a file; the page receives it"
_IMPORTS = "served by the imports' own door, which reads files, rules and rows"
_STEP = "a step of the imports' jobs"
_FIELD_STEP = "a step of the jobs that go through all rows for a field"
_UNDOING = "only as the undo of the verb: POST /api/v1/events/{id}/undo"
_HANDOVERS = "served by the handovers' own door: /api/v1/handovers"
_HANDOVER_STEP = "a step of the handover's job"
_REVEAL = "says the value too: POST /api/v1/<type>/{id}/reveal"
_PLACING = dict.fromkeys(
    ("allocation.place", "allocation.lapse", "allocation.flow", "allocation.learn"), "done by the system in time"
)
_IMPORT_STEPS = dict.fromkeys(
    (
        "imports.check_rows", "imports.compare_rows", "imports.bring_next", "imports.take_back_next",
        "imports.drop_files",
    ),
    _STEP,
)  # fmt: skip
_IMPORT_DOOR = dict.fromkeys(
    (
        "imports.upload_file", "imports.set_layout", "imports.set_rules", "imports.set_policy", "imports.begin_check",
        "imports.stop_check", "imports.mend_row", "imports.skip_row", "imports.decide_rows", "imports.decide_row",
        "imports.begin_run", "imports.pause", "imports.go_on", "imports.cancel", "imports.undo",
    ),
    _IMPORTS,
)  # fmt: skip

_OF_THE_PUBLIC = "a step of what the public sends; no member holds its grant"
_LANDING = dict.fromkeys(("leadforms.land", "leadforms.give_up", "leadforms.forget"), _OF_THE_PUBLIC)
_OUTSIDE = _LANDING | dict.fromkeys(("leadforms.pace", "leadforms.turn_away", "leadforms.receive"), _OF_THE_PUBLIC)

NOT_ON: dict[str, dict[str, str]] = {
    API: {
        **_PLACING,
        **_OUTSIDE,
        "backups.plan": _NIGHTLY,
        "backups.begin": _NIGHTLY,
        "backups.finish": _NIGHTLY,
        "backups.fail": _NIGHTLY,
        "clashes.detect": "found by the server itself",
        "duplicates.tell": "written down by the server itself",
        "risks.flag": "found by the server itself",
        "viewing.add": "counted by the server itself",
        "pools.note_view": "counted by the server itself",
        "viewing.alarm": "raised by the server itself",
        "viewing.fold": _NIGHTLY,
        "org.set_up": _ENTRANCE,
        "org.sign_in": _ENTRANCE,
        "org.sign_out": _ENTRANCE,
        "org.request_reset": _ENTRANCE,
        "org.mail_code": _ENTRANCE,
        "org.reset_password": _ENTRANCE,
        "tokens.create": _CREDENTIAL,
        "profile.change_sign_in": _CREDENTIAL,
        "profile.change_password": _CREDENTIAL,
        "profile.note_wrong_password": "counted by the page that asked for the password",
        "members.issue_reset_code": "the code is shown once, to the administrator on the page",
        "profile.end_session": _SESSION,
        "profile.end_other_sessions": _SESSION,
        "company.set_logo": _UPLOAD,
        "files.attach": "takes a file; POST it as multipart/form-data to /api/v1/<type>/{id}/files",
        "files.hold": "takes a file for a form that is being filled in; programs attach it and send its id",
        "plans.make_feed": "the address is shown once, to the member on the page",
        "followups.keep_sheet": "a step of the download's job",
        "plans.touch_feed": "noted when the address is read",
        "options.reorder": "takes the whole order as the settings page sorts it",
        "ownership.expire_places": _NIGHTLY,
        "ownership.follow_department": _NIGHTLY,
        "leads.ring": _NIGHTLY,
        "ownership.set_clocks": _NIGHTLY,
        "ownership.recycle": _NIGHTLY,
        "customers.restate_rhythm": _NIGHTLY,
        "customers.grade_many": _NIGHTLY,
        "opportunities.close_idle": _NIGHTLY,
        "customers.propose_rests": _NIGHTLY,
        "customers.finish_month": _NIGHTLY,
        "plans.follow_owner": _NIGHTLY,
        "plans.follow_rest": _NIGHTLY,
        "plans.remind": _NIGHTLY,
        "plans.care_birthdays": _NIGHTLY,
        "plans.care_holiday": _NIGHTLY,
        "plans.drop_care": _NIGHTLY,
        "roles.learn": "a step of every upgrade; no member holds its grant",
        "fields.note_index": _FIELD_STEP,
        "fields.convert_next": _FIELD_STEP,
        "fields.finish_change": _FIELD_STEP,
        "fields.strip_next": _FIELD_STEP,
        "fields.forget": _FIELD_STEP,
        "fields.drop_kept": _FIELD_STEP,
        "fields.fetch_kept": "the page hands the file out",
        "fields.restate_search": _FIELD_STEP,
        "fields.work_out_next": _FIELD_STEP,
        **_IMPORT_STEPS,
        **_IMPORT_DOOR,
        **dict.fromkeys(
            (
                "customers.unclaim",
                "customers.unassign",
                "customers.unreturn",
                "customers.unreclaim",
                "customers.unallocate",
                "customers.unsplit",
                "leads.unallocate",
                "leads.unassign",
                "leads.unclaim",
                "leads.unreclaim",
                "leads.unreturn",
                "leads.unvoid",
                "opportunities.put_back",
                "opportunities.unallocate",
                "opportunities.unsplit",
            ),
            _UNDOING,
        ),
        **dict.fromkeys(
            ("customers.reveal", "contacts.reveal", "followups.reveal", "plans.reveal", "opportunities.reveal"), _REVEAL
        ),
        **dict.fromkeys(
            (
                "handovers.prepare",
                "handovers.change",
                "handovers.arrange",
                "handovers.begin",
                "handovers.go_on",
                "handovers.undo",
                "handovers.cancel",
            ),
            _HANDOVERS,
        ),
        **dict.fromkeys(("handovers.move_next", "handovers.move_back_next"), _HANDOVER_STEP),
        "handovers.report": "the page hands the file out",
        **dict.fromkeys(("handovers.remind", "handovers.release"), _NIGHTLY),
        "exports.keep": "a step of the export's job",
        "exports.fetch": "noted when the file is fetched: GET /api/v1/exports/{id}/file",
        "exports.take_cards": "the page hands the file out",
        "exports.print": "noted by the page that is printed",
    },
    WEB: {
        **_PLACING,
        **_LANDING,
        "backups.plan": _NIGHTLY,
        "backups.begin": _NIGHTLY,
        "backups.finish": _NIGHTLY,
        "backups.fail": _NIGHTLY,
        "clashes.detect": "found by the server itself",
        "duplicates.tell": "written down by the server itself",
        "duplicates.suspect": "the undo of duplicates.dismiss, by its toast",
        "risks.flag": "found by the server itself",
        "viewing.add": "counted by the server itself",
        "viewing.alarm": "raised by the server itself",
        "viewing.fold": _NIGHTLY,
        "ownership.expire_places": _NIGHTLY,
        "ownership.follow_department": _NIGHTLY,
        "leads.ring": _NIGHTLY,
        "ownership.set_clocks": _NIGHTLY,
        "ownership.recycle": _NIGHTLY,
        "customers.restate_rhythm": _NIGHTLY,
        "fields.work_out_next": _FIELD_STEP,
        "customers.grade_many": _NIGHTLY,
        "customers.propose_rests": _NIGHTLY,
        "customers.finish_month": _NIGHTLY,
        "plans.follow_owner": _NIGHTLY,
        "plans.follow_rest": _NIGHTLY,
        "plans.remind": _NIGHTLY,
        "plans.care_birthdays": _NIGHTLY,
        "plans.care_holiday": _NIGHTLY,
        "plans.drop_care": _NIGHTLY,
        "roles.learn": "a step of every upgrade; no member holds its grant",
        "fields.note_index": _FIELD_STEP,
        "fields.convert_next": _FIELD_STEP,
        "fields.finish_change": _FIELD_STEP,
        "fields.strip_next": _FIELD_STEP,
        "fields.forget": _FIELD_STEP,
        "fields.drop_kept": _FIELD_STEP,
        "fields.restate_search": _FIELD_STEP,
        **_IMPORT_STEPS,
        **dict.fromkeys(("handovers.remind", "handovers.release"), _NIGHTLY),
        "followups.keep_sheet": "a step of the download's job",
        "org.mail_code": "a job sends what the reset page asked for",
    },
}


def offered(surface: str, action: Action[Any, Any]) -> bool:
    """Whether a surface serves the action."""
    return action.name not in NOT_ON.get(surface, {})
