"""Tables of the kernel: records' base, events, options, jobs, files, settings."""

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
    "File",
    "Holiday",
    "HolidayYear",
    "Idempotency",
    "JobProgress",
    "Life",
    "Notification",
    "Option",
    "Record",
    "Row",
    "Setting",
    "Stamp",
]
