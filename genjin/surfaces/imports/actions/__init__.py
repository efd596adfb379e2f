"""Writes of imports."""

from genjin.surfaces.imports.actions.dropping import drop_files
from genjin.surfaces.imports.actions.reviewing import (
    begin_check,
    check_rows,
    compare_rows,
    decide_row,
    decide_rows,
    mend_row,
    skip_row,
    stop_check,
)
from genjin.surfaces.imports.actions.running import begin_run, bring_next, cancel_import, go_on_import, pause_import
from genjin.surfaces.imports.actions.setting_up import keep_file, set_layout, set_policy, set_rules
from genjin.surfaces.imports.actions.undoing import take_back_next, undo_import

__all__ = [
    "begin_check",
    "begin_run",
    "bring_next",
    "cancel_import",
    "check_rows",
    "compare_rows",
    "decide_row",
    "decide_rows",
    "drop_files",
    "go_on_import",
    "keep_file",
    "mend_row",
    "pause_import",
    "set_layout",
    "set_policy",
    "set_rules",
    "skip_row",
    "stop_check",
    "take_back_next",
    "undo_import",
]
