"""Keys of fields and sections: what programs call them. A field's key never changes: values are kept under it."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.utils.translation import gettext as _

from genjin.kernel.folding import fold
from genjin.kernel.pinyin import runs, syllables_of
from genjin.kernel.refusal import Refused

LONGEST = 32
FIELD, SECTION = "x_", "s_"
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def free_key(label: str, taken: Collection[str], prefix: str = FIELD) -> str:
    """A key like the label's pinyin that nothing else has: `x_jichuangxinghao`."""
    said = "_".join("".join(syllables_of(run)[0]) if chinese else run for run, chinese in runs(fold(label)))
    plain = re.sub(r"[^a-z0-9]+", "_", said.lower()).strip("_")[: LONGEST - 6].strip("_")
    base = prefix + (plain or "field")
    numbered = (base if number == 1 else f"{base}_{number}" for number in range(1, len(taken) + 2))
    return next(key for key in numbered if key not in taken)


def checked_key(given: str, taken: Collection[str]) -> str:
    """A key that somebody chose. Raises Refused("bad_key", "same_key")."""
    key = given if given.startswith(FIELD) else FIELD + given
    if not _KEY.fullmatch(key) or len(key) > LONGEST:
        raise Refused("bad_key", _("字段标识只能用小写字母、数字和下划线，最多 %d 个字符") % LONGEST, "key")
    if key in taken:
        raise Refused("same_key", _("标识「%s」已被另一个字段使用（可能已停用），请换一个") % key, "key")
    return key
