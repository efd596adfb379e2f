"""What the audit log calls the columns of rows that are no records."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words_of_fields() -> dict[str, str]:
    """What a definition of a field says, in words."""
    return {
        "record_type": _("记录类型"),
        "key": _("字段标识"),
        "kind": _("字段类型"),
        "help": _("填写说明"),
        "section": _("分组"),
        "required": _("必填"),
        "unique": _("不允许重复"),
        "searched": _("可以搜索到"),
        "in_list": _("默认显示在列表里"),
        "sensitivity": _("保密级别"),
        "facts": _("类型设置"),
        "state": _("状态"),
        "index": _("索引"),
    }


def words_of_attributes() -> dict[str, str]:
    """What the columns of those rows are called."""
    return {
        "name": _("名称"),
        "sign_in": _("登录名"),
        "phone": _("手机号"),
        "email": _("邮箱"),
        "title": _("职务"),
        "department_id": _("主部门"),
        "superior_id": _("直属上级"),
        "parent_id": _("上级部门"),
        "administrator": _("管理员"),
        "is_active": _("在职"),
        "left_at": _("离职时间"),
        "closed_at": _("停用时间"),
        "language": _("语言"),
        "time_zone": _("时区"),
        "preferences": _("界面偏好"),
        "password": _("密码"),
        "password_changed_at": _("密码修改时间"),
        "scope": _("默认数据范围"),
        "departments": _("指定部门"),
        "below": _("包括下级部门"),
        "conditions": _("条件"),
        "to_departments": _("共享给部门"),
        "to_members": _("共享给成员"),
        "to_roles": _("共享给角色"),
        "writes": _("允许编辑"),
        "until": _("共享到"),
        "grants": _("权限"),
        "fields": _("字段权限"),
        "note": _("说明"),
        "order": _("顺序"),
        "label": _("名称"),
        "english": _("英文名称"),
        "colour": _("颜色"),
        "retired": _("停用"),
        "pattern": _("编号规则"),
        "day": _("日期"),
        "works": _("上班"),
        "year": _("年份"),
        "logo": _("标志"),
        "read_only": _("只读"),
        "expires_at": _("到期时间"),
        "revoked_at": _("撤销时间"),
    }
