"""What the description says of imports: their addresses, what is sent, what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from genjin.surfaces.api.records import BASE
from genjin.surfaces.api.schemas import Schema
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.models import Decision, RowState, State
from genjin.surfaces.imports.policy import ASSIGN, MOST_SHARING

Operation = Callable[..., dict[str, Any]]
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 100}}
TEXTS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}


def import_paths(operation: Operation, row_id: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The addresses of imports for callers who may import."""
    whole, base = _import(), f"{BASE}/imports"
    here = f"{base}/{{id}}"

    def posted(name: str, words: str, sent: Schema | None = None, answered: Schema | None = None) -> dict[str, Any]:
        body = {"requestBody": {"content": {"application/json": {"schema": sent}}}} if sent else {"parameters": [KEY]}
        return {"parameters": [row_id()], "post": operation(f"imports.{name}", words, answered or whole) | body}

    upload = operation("imports.upload", _("上传要导入的文件"), whole) | {"parameters": [KEY]}
    upload["requestBody"] = {"content": {"multipart/form-data": {"schema": _upload()}}}
    listed: Schema = {"type": "object", "properties": {"items": {"type": "array", "items": whole}, "after": _number()}}
    rows = operation("imports.rows", _("数据行"), _page(_row())) | {
        "parameters": [_query("state", [state.name.lower() for state in RowState]), _query("after"), _query("size")]
    }
    failed = operation("imports.failed", _("未导入的行"))
    failed["responses"]["200"] = {"description": "OK", "content": {"application/octet-stream": {}}}
    history = operation("imports.list", _("导入"), listed) | {"parameters": [_query("after"), _query("size")]}
    one = posted("row", _("修改表格里的内容"), _sent_row(), _row())
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}
    one["parameters"] = [row_id(), number]
    return {
        base: {"get": history, "post": upload},
        here: {"parameters": [row_id()], "get": operation("imports.get", _("导入"), whole)},
        f"{here}/layout": posted(
            "layout", _("选择工作表和表头"), _object(sheet=_text(), header_row={"type": "integer"})
        ),
        f"{here}/rules": posted("rules", _("设置列的匹配"), _object(rules={"type": "array", "items": _rule()})),
        f"{here}/policy": posted("policy", _("设置重复数据的处理"), _policy()),
        f"{here}/rows": {"parameters": [row_id()], "get": rows},
        f"{here}/rows/{{number}}": one,
        f"{here}/duplicates": posted("decide", _("处理一类重复"), _object(why=_text(), **_decided())),
        f"{here}/failed": {"parameters": [row_id()], "get": failed},
        **{f"{here}/{name}": posted(name, words) for name, words in _verbs()},
    }


def _verbs() -> list[tuple[str, str]]:
    return [
        ("check", _("校验与查重")), ("stop", _("停止校验")), ("run", _("开始导入")), ("pause", _("暂停导入")),
        ("resume", _("继续导入")), ("cancel", _("取消导入")), ("undo", _("撤销整次导入")),
    ]  # fmt: skip


def _upload() -> Schema:
    kind = _enum(list(KINDS)) | {"default": "customers"}
    return _object(upload={"type": "string", "format": "binary"}, kind=kind) | {"required": ["upload"]}


def _import() -> Schema:
    rows = {state.name.lower(): {"type": "integer"} for state in RowState}
    progress = _object(done=_number(), total=_number(), seconds_left=_number(), stopped={"type": "boolean"})
    return _object(
        id={"type": "integer"}, kind=_enum(list(KINDS)), filename=_text(), sha256=_text(), size={"type": "integer"},
        state=_enum(State.values), total={"type": "integer"}, made={"type": "object"}, sheet=_text(),
        layout={"type": "object"}, rules={"type": "array", "items": _rule()},
        targets={"type": "array", "items": _text()}, policy=_policy(), questions={"type": "array"},
        rows=_object(**rows), duplicates={"type": "array"}, progress=progress, words=_text(), href=_text(),
    )  # fmt: skip


def _rule() -> Schema:
    return _object(
        index={"type": "integer"}, heading=_text(), target=_text(), how=_text(),
        date_order=_enum(["", "ymd", "mdy", "dmy"]), number=_text(), percent=_text(), span=_text(),
        options=TEXTS, people=TEXTS,
    ) | {"required": ["index"]}  # fmt: skip


def _policy() -> Schema:
    duplicates: Schema = {"type": "object", "additionalProperties": _decision()}
    members: Schema = {"type": "array", "items": {"type": "integer"}, "maxItems": MOST_SHARING}
    switch: Schema = {"type": "boolean"}
    return _object(
        otherwise=_decision(), duplicates=duplicates, assign=_enum(list(ASSIGN)), owner=_number(), share=members,
        pool=_number(), by_phone=switch, by_likeness=switch, given=TEXTS, makes=switch, reason=_text(),
    )  # fmt: skip


def _row() -> Schema:
    problem = _object(column=_number(), words=_text(), suggestion=_text(), blocking={"type": "boolean"})
    return _object(
        number={"type": "integer"}, state=_enum([state.name.lower() for state in RowState]), title=_text(),
        cells={"type": "array"}, fixes=TEXTS, problems={"type": "array", "items": problem},
        duplicate={"type": ["object", "null"]}, decision=_text(), brought={"type": "array"},
    )  # fmt: skip


def _sent_row() -> Schema:
    return _object(fixes=TEXTS, skipped={"type": "boolean"}, **_decided())


def _decided() -> dict[str, Schema]:
    return {"decision": _decision(), "reason": _text()}


def _page(items: Schema) -> Schema:
    return _object(items={"type": "array", "items": items}, after=_number())


def _decision() -> Schema:
    return _enum(Decision.values)


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def _enum(values: list[str]) -> Schema:
    return {"enum": values}


def _text() -> Schema:
    return {"type": "string"}


def _number() -> Schema:
    return {"type": ["integer", "null"]}


def _query(name: str, values: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"enum": values} if values else {"type": "string"}}
