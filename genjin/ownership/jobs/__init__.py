"""Work of ownership outside requests, split by subject."""

from genjin.ownership.jobs import clocks, nights, pool_notices, share_notices, telling
from genjin.ownership.jobs.telling import expire_teammates, follow, follow_member, notify

__all__ = [
    "clocks",
    "expire_teammates",
    "follow",
    "follow_member",
    "nights",
    "notify",
    "pool_notices",
    "share_notices",
    "telling",
]
