"""Tables of the kernel: records' base, events, options, jobs, files, settings."""

from genjin.kernel.models.definitions import FieldState, IndexState, Layout, OwnField
from genjin.kernel.models.events import Consumer, Event, EventLink, EventPayload, Idempotency, Notification
from genjin.kernel.models.files import File
from genjin.kernel.models.jobs import JobProgress
from genjin.kernel.models.options import CodeSeries, Holiday, HolidayYear, Option, Setting, Stamp
from genjin.kernel.models.rows import Life, Record, Row

__all__ = [
    "CodeSeries",
    "Consumer",
    "Event",
    "EventLink",
    "EventPayload",
    "FieldState",
    "File",
    "Holiday",
    "HolidayYear",
    "Idempotency",
    "IndexState",
    "JobProgress",
    "Layout",
    "Life",
    "Notification",
    "Option",
    "OwnField",
    "Record",
    "Row",
    "Setting",
    "Stamp",
]
