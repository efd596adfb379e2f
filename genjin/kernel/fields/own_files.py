"""Files as a value of a record: a few of the files that were uploaded for it, with names and sizes. Who may know the
record and the field may fetch them (`kernel.files`).

Name and size are kept beside the id, so that lists, histories and exports say what a file is called without asking, and
still know it when the file is gone; files are never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel.fields.base import EMPTY_OPERATORS, FieldError, Label, Operator
from genjin.kernel.fields.own import Own
from genjin.kernel.wording import listed

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

MOST_FILES = 20
GROUPS: dict[str, Label] = {
    "image": gettext_lazy("图片"),
    "document": gettext_lazy("文档"),
    "text": gettext_lazy("文本"),
    "archive": gettext_lazy("压缩包"),
    "audio": gettext_lazy("录音"),
    "video": gettext_lazy("视频"),
}
"""Groups of kinds of files (`kernel.file_kinds`)."""
KEPT = ("id", "name", "size")


@dataclass(frozen=True, kw_only=True)
class OwnFiles(Own):
    """At most `most` files, of the groups in `allowed` (a list with commas; '' for all that is let in)."""

    most: int = 5
    allowed: str = ""
    kept_as: ClassVar[type] = list
    kind: ClassVar[str] = "files"
    wide: ClassVar[bool] = True

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of files that it takes; empty: all."""
        return tuple(group for group in self.allowed.split(",") if group in GROUPS)

    def in_words(self) -> str:
        """What it takes, beside its control."""
        told = listed(str(GROUPS[one]) for one in self.groups)
        if told:
            return _("最多 %(most)s 个%(groups)s") % {"most": self.most, "groups": told}
        return _("最多 %s 个文件") % self.most

    def loaded(self, raw: Any) -> Any:
        """A list of {"id", "name", "size"}."""
        return [one for one in raw if isinstance(one, dict) and "id" in one] if isinstance(raw, list) else []

    def parse(self, raw: Any, actor: Actor) -> Any:
        """Files by their ids (as numbers, texts, {"id": …}, or a text with commas). Raises FieldError."""
        ids = ids_of(raw)
        if ids is None:
            raise FieldError(_("「%s」应为文件编号的列表，请先上传文件") % self.label)
        if len(ids) > self.most:
            words = _("「%(field)s」最多 %(most)s 个文件，请先移除不要的")
            raise FieldError(words % {"field": self.label, "most": self.most})
        return [self._known(one, found) for one, found in zip(ids, _found(actor, ids), strict=True)] if ids else []

    def _known(self, file_id: int, found: Any) -> dict[str, Any]:
        if found is None:
            words = _("「%(field)s」：没有找到文件 %(id)s，请重新上传")
            raise FieldError(words % {"field": self.label, "id": file_id})
        self.check_group(found.group, found.name)
        return {"id": found.id, "name": found.name, "size": found.size}

    def check_group(self, group: str, name: str) -> None:
        """Raises FieldError for a file that the field does not take."""
        if self.groups and group not in self.groups:
            words = _("「%(field)s」只能放%(groups)s，「%(name)s」不是")
            told = listed(str(GROUPS[one]) for one in self.groups)
            raise FieldError(words % {"field": self.label, "groups": told, "name": name[:40]})

    def text(self, value: Any, actor: Actor) -> str:
        """The names."""
        return listed(str(one.get("name", "")) for one in value or ())

    def to_json(self, value: Any) -> Any:
        """[{"id", "name", "size"}]; the JSON door adds where each is fetched."""
        return [{key: one.get(key) for key in KEPT} for one in value or ()]

    def form_value(self, value: Any, actor: Actor) -> Any:
        """The files."""
        return list(value or ())

    def operators(self) -> tuple[Operator, ...]:
        """Whether there are any."""
        return EMPTY_OPERATORS


def ids_of(raw: Any) -> list[int] | None:
    """The ids that somebody sent, each once; None for what is no list of ids."""
    given = raw if isinstance(raw, list | tuple) else str("" if raw is None else raw).replace("、", ",").split(",")
    texts = [str(one.get("id", "") if isinstance(one, dict) else one).strip() for one in given]
    if not all(text.isdecimal() and len(text) < 19 for text in texts if text):
        return None
    return list(dict.fromkeys(int(text) for text in texts if text))


def _found(actor: Actor, ids: list[int]) -> list[Any]:
    from genjin.kernel.files import usable  # slow: models must be ready

    known = usable(actor, ids)
    return [known.get(one) for one in ids]
