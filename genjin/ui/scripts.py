"""The words that scripts say (static/*.js find them in the page), in the reader's language."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup


def script_words() -> Markup:
    """All words as JSON that is safe inside HTML; made once per language."""
    return _in_language(get_language() or "")


@cache
def _in_language(language: str) -> Markup:
    del language  # the key of the cache; the words are those of the active language
    return htmlsafe_json_dumps(_words())


def _words() -> dict[str, str]:
    return {
        "retry": _("重试"),
        "undo": _("撤销"),
        "close": _("关闭"),
        "offline": _("网络不通，内容已留在本机，请检查网络后重试"),
        "unsaved": _("网络不通，没有保存；请联网后再试"),
        "undone": _("网络不通，计划没有记为完成，还在原处；联网后再勾一次"),
        "unread": _("网络不通，没有打开；请联网后再试"),
        "failed": _("没有成功，请重试"),
        "filesBack": _("草稿里的附件已恢复"),
        "unkept": _("附件超过 10 个或 30 MB：关闭页面后草稿不保留附件"),
        "uploading": _("正在上传 {name}"),
        "uploadingStill": _("文件还在上传，请稍候再保存"),
        "uploadFailed": _("{name} 没有传上，请重试"),
        "mostFiles": _("最多 {n} 个文件，请先移除不要的"),
        "copied": _("已复制"),
        "number": _("编号"),
        "leave": _("有未保存的内容，确定离开？"),
        "signedOut": _("登录已过期，请重新登录"),
        "draft": _("已恢复上次未保存的内容"),
        "discard": _("放弃草稿"),
        "late": _("沟通结束超过 {n} 小时，将标为逾期补录"),
        "expired": _("已到期"),
        "days": _("还剩 {n} 天"),
        "hours": _("还剩 {h} 小时 {m} 分"),
        "minutes": _("还剩 {m} 分"),
        "seconds": _("还剩 {s} 秒"),
        "selected": _("已选 {n} 项"),
        "moved": _("{name} 已移到第 {n} 位"),
        "due": _("移到「{stage}」需要：{tasks}"),
        "remove": _("移除 {name}"),
        "confirm": _("确定"),
        "cancel": _("取消"),
        "search": _("搜索客户、联系人或命令"),
        "results": _("结果"),
        "hint": _("拼音 / 首字母 / 手机后四位"),
        "choose": _("选择"),
        "open": _("打开"),
        "newTab": _("新标签页"),
        "prefixes": _("输入 > 仅命令 · @ 人 · # 标签"),
        "recent": _("最近打开"),
    }
