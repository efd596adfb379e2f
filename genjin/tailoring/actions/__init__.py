"""Writes of fields and layouts."""

from genjin.tailoring.actions import arranging, converting, defining, deleting, indexing, retiring, searching
from genjin.tailoring.actions.arranging import arrange_layout, reset_layout
from genjin.tailoring.actions.converting import change_kind
from genjin.tailoring.actions.defining import add_field, edit_field
from genjin.tailoring.actions.deleting import delete_field
from genjin.tailoring.actions.indexing import index_field, unindex_field
from genjin.tailoring.actions.retiring import restore_field, retire_field

__all__ = [
    "add_field",
    "arrange_layout",
    "arranging",
    "change_kind",
    "converting",
    "defining",
    "delete_field",
    "deleting",
    "edit_field",
    "index_field",
    "indexing",
    "reset_layout",
    "restore_field",
    "retire_field",
    "retiring",
    "searching",
    "unindex_field",
]
