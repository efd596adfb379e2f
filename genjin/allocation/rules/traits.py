"""Which fields may describe a record for allocation: facts of business, never traits of a person (B20, S2-41).

S2-41 gives age as an example of what different sales people suit. That would need legal review: such fields cannot be
chosen, neither by declaration nor by whoever sets up a scheme.
"""

from __future__ import annotations

from genjin.kernel.fields import Field, Sensitivity

KINDS = frozenset({"choice", "multichoice", "tags", "region", "industry"})
TRAIT_KINDS = frozenset({"choice", "region", "industry"})
PERSONAL_WORDS = (
    "gender", "sex", "age", "birth", "ethnic", "nation", "race", "religio", "belief", "marri", "marital", "pregnan",
    "child", "health", "disab", "politic", "education", "degree", "zodiac", "height", "weight", "native_place",
    "性别", "称谓", "年龄", "年纪", "岁", "出生", "生日", "民族", "种族", "国籍", "籍贯", "户籍", "户口", "宗教",
    "信仰", "婚", "孕", "生育", "子女", "健康", "疾病", "残疾", "政治", "党", "学历", "文化程度", "生肖", "星座",
    "血型", "身高", "体重", "外貌", "长相",
)  # fmt: skip
_WHOLE = frozenset({"sex", "age", "race", "nation", "child", "height", "weight", "degree"})
"""Latin words that stand inside harmless ones (page, stage, message)."""


def describable(field: Field) -> bool:
    """Whether schemes may ask about a field: options, regions and industries that say nothing of a person."""
    return field.kind in KINDS and field.filterable and not is_personal(field)


def is_personal(field: Field) -> bool:
    """Whether a field tells something of a person, by its class or by its name."""
    if field.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE):
        return True
    options = str(getattr(field, "options", ""))
    said = f"{field.key} {options} {field.label} {getattr(field, 'english', '')}".lower()
    words = set("".join(letter if letter.isalpha() else " " for letter in said).split())
    return any(word in words if word in _WHOLE else word in said for word in PERSONAL_WORDS)
