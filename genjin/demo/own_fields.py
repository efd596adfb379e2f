"""The demo company's own fields: an equipment maker's of its customers, and of contacts what its park sells flats with.
Made through the actions with a layout and conditions; filled for part of the records. No dates of the story, no talks.
"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from genjin.customers.options import KIND
from genjin.customers.record import CONTACT, CUSTOMER
from genjin.kernel.actor import Actor
from genjin.kernel.files import hold_upload
from genjin.kernel.records import RecordType
from genjin.kernel.tables.writing import workbook
from genjin.kernel.wording import in_every_language
from genjin.tailoring.actions import add_field, arrange_layout

MACHINES = {
    "固晶机 CH-B200": ("b200", "acc"), "点胶机 CH-D300": ("d300", "ok"), "视觉检测机 CH-V500": ("v500", "info"),
    "激光焊接机 CH-L100": ("l100", "warn"), "自动线 CH-A800": ("a800", "vio"), "锁附机 CH-S120": ("s120", ""),
}  # fmt: skip
PROCESSES = {
    "b200": "pack", "d300": "glue", "v500": "check", "l100": "weld", "a800": "mount", "s120": "mount"
}  # fmt: skip
OLD_MACHINES = ("imported", "rival", "ours", "half", "hands")
FIRMS = [option.key for option in KIND.defaults if option.key != "person"]
FIRM = [["kind", "in", FIRMS]]
KEEN = [["x_flat", "filled", []]]
SPEND = {"A": (180, 900), "B": (60, 320), "C": (10, 110)}  # in ten thousand yuan


def option(key: str, label: str, english: str, colour: str = "") -> dict[str, str]:
    """One option as the action takes it."""
    return {"key": key, "label": label, "english": english, "colour": colour}


CUSTOMER_FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "x_model", "kind": "choice", "label": "设备型号", "english": "Machine model", "in_list": False,
     "options": [option(key, label, label.split()[-1], colour) for label, (key, colour) in MACHINES.items()]},
    {"key": "x_process", "kind": "choice", "label": "加工工艺", "english": "Process",
     "options": [option("pack", "封装", "Packaging", "acc"), option("glue", "点胶", "Dispensing", "ok"),
                 option("check", "检测", "Inspection", "info"), option("weld", "焊接", "Welding", "warn"),
                 option("mount", "组装", "Assembly", "vio")]},
    {"key": "x_machines", "kind": "multichoice", "label": "现有设备", "english": "Machines there",
     "options": [option("imported", "进口设备", "Imported", "vio"), option("rival", "国产同行", "Rival", "bad"),
                 option("ours", "我司设备", "Ours", "ok"), option("half", "半自动", "Half-automatic", "warn"),
                 option("hands", "手工工位", "By hand")]},
    {"key": "x_spend", "kind": "money", "label": "年采购额", "english": "Yearly spend", "facts": {"least": 0},
     "help": "对方每年采购同类设备的金额", "shown_when": [["level", "in", ["A", "B", "C"]]]},
    {"key": "x_units", "kind": "number", "label": "在用台数", "english": "Machines in use",
     "facts": {"unit": "台", "least": 0}, "shown_when": [["x_machines", "in", ["ours"]]]},
    {"key": "x_each", "kind": "formula", "label": "单台年采购额", "english": "Yearly spend per machine",
     "facts": {"formula": "四舍五入({年采购额} / {在用台数}, 0)", "result": "money"},
     "shown_when": [["x_machines", "in", ["ours"]]]},
    {"key": "x_warranty", "kind": "date", "label": "质保到期", "english": "End of warranty", "facts": {"due": True},
     "shown_when": [["x_machines", "in", ["ours"]]]},
    {"key": "x_engineer", "kind": "person", "label": "技术支持", "english": "Application engineer"},
    {"key": "x_decider", "kind": "text", "label": "关键决策人", "english": "Key decider",
     "help": "谁最后拍板，例如：总经理 李总", "sensitivity": "personal", "searched": True},
    {"key": "x_file", "kind": "serial", "label": "设备档案号", "english": "File number", "searched": True,
     "facts": {"pattern": "SB-{YYYY}-{0000}"}},
    {"key": "x_accepted", "kind": "file", "label": "验收单", "english": "Acceptance sheets",
     "facts": {"most": 5, "allowed": "document,image"}, "shown_when": [["x_machines", "in", ["ours"]]],
     "help": "双方签字的验收单，拍照也可以"},
)  # fmt: skip
CONTACT_FIELDS: tuple[dict[str, Any], ...] = (
    {"key": "x_flat", "kind": "yesno", "label": "有意购买园区公寓", "english": "Wants a flat in the park",
     "section": "basic"},
    {"key": "x_layout", "kind": "choice", "label": "意向户型", "english": "Flat wanted", "required": True,
     "options": [option("one", "一室 45㎡", "1 room, 45 m²", "info"), option("two", "两室 89㎡", "2 rooms, 89 m²"),
                 option("three", "三室 118㎡", "3 rooms, 118 m²"), option("four", "四室 143㎡", "4 rooms, 143 m²")]},
    {"key": "x_purpose", "kind": "choice", "label": "购房用途", "english": "Purpose",
     "options": [option("home", "首套自住", "First home", "ok"), option("better", "改善", "Larger home", "acc"),
                 option("let", "投资出租", "To let", "warn"), option("staff", "员工宿舍", "For staff", "vio")]},
    {"key": "x_down", "kind": "money", "label": "首付预算", "english": "Down payment", "facts": {"least": 0},
     "sensitivity": "sensitive"},
    {"key": "x_blocks", "kind": "multichoice", "label": "关注楼栋", "english": "Buildings",
     "options": [option("a1", "A1 栋", "Building A1", "acc"), option("a2", "A2 栋", "Building A2", "ok"),
                 option("a3", "A3 栋", "Building A3", "warn"), option("b1", "B1 栋", "Building B1", "vio")]},
    {"key": "x_seen", "kind": "date", "label": "看房日期", "english": "Seen on"},
)  # fmt: skip


def make_fields(administrator: Actor) -> None:
    """Add the fields and lay the forms out: a section for machines, shown for firms; one for flats, for the keen."""
    _add(administrator, CUSTOMER, CUSTOMER_FIELDS, "class")
    _add(administrator, CONTACT, CONTACT_FIELDS, "basic")
    _arrange(administrator, CUSTOMER, "class", _section("machines", "设备与采购", "Machines", CUSTOMER_FIELDS, FIRM))
    _arrange(administrator, CONTACT, "reach", _section("flat", "购房意向", "Flat wanted", CONTACT_FIELDS[1:], KEEN))


def _add(administrator: Actor, record_type: RecordType, fields: tuple[dict[str, Any], ...], section: str) -> None:
    for field in fields:
        add_field(administrator, record_type=record_type.key, **{"section": section, **field})


def _section(key: str, label: str, english: str, fields: Any, when: list[list[Any]]) -> dict[str, Any]:
    names = {"key": key, "label": label, "english": english}
    return names | {"fields": [field["key"] for field in fields], "shown_when": when}


def _arrange(administrator: Actor, record_type: RecordType, after: str, added: dict[str, Any]) -> None:
    """As declared, with one section more."""
    sections = []
    for section in record_type.sections:
        chinese, english = in_every_language(section.label)
        fields = [f.key for f in record_type.fields if f.section == section.key]
        fields += ["x_flat"] if section.key == "basic" and record_type is CONTACT else []
        sections.append({"key": section.key, "label": chinese, "english": english, "fields": fields})
        sections += [added] if section.key == after else []
    arrange_layout(administrator, record_type=record_type.key, sections=sections)


def of_customer(raw: dict[str, Any], machine: str, engineers: list[int], today: date) -> dict[str, Any]:
    """What somebody knows of a customer's machines: raw inputs, for about six in ten."""
    drawn = Random(raw["name"])  # noqa: S311 - invents customers, not secrets; apart from the story's own chances
    if machine not in MACHINES or drawn.random() < 0.38:
        return {}
    model = MACHINES[machine][0]
    made: dict[str, Any] = {"x_model": model, "x_process": PROCESSES[model]}
    if drawn.random() < 0.7:
        there = drawn.sample(OLD_MACHINES, drawn.choices((1, 2, 3), (6, 3, 1))[0])
        made["x_machines"] = [key for key in OLD_MACHINES if key in there]
    if "ours" in made.get("x_machines", ()):
        ends = today + timedelta(days=int(drawn.triangular(-200, 700, 160)))
        made |= {"x_units": drawn.choice((1, 1, 1, 2, 2, 3, 5, 8)), "x_warranty": ends.isoformat()}
    if raw.get("level") and drawn.random() < 0.75:
        low, high = SPEND[raw["level"]]
        made["x_spend"] = int(drawn.triangular(low, high, (low * 2 + high) / 3)) * 10_000
    if engineers and drawn.random() < 0.35:
        made["x_engineer"] = drawn.choice(engineers)
    return made


def papers(actor: Actor, raw: dict[str, Any], machine: str, own: dict[str, Any]) -> dict[str, Any]:
    """The sheet by which some customers accepted their machine, as who types the customer in uploads it."""
    drawn = Random(raw["name"] + "accepted")  # noqa: S311
    if "x_units" not in own or drawn.random() > 0.2:
        return {}
    name = f"{machine.split()[-1]} 验收单.xlsx"
    upload = SimpleUploadedFile(name, _sheet(raw["name"], machine, own["x_units"]))
    return {"x_accepted": [hold_upload(actor, CUSTOMER.key, "x_accepted", upload).pk]}


def _sheet(customer: str, machine: str, units: int) -> bytes:
    file = BytesIO()
    with workbook(file, "验收单", widths=(16, 40)) as sheet:
        for line in (("客户", customer), ("设备", machine), ("台数", units), ("外观", "合格"), ("试产", "合格")):
            sheet.row(list(line))
    return file.getvalue()


def of_contact(raw: dict[str, Any], today: date) -> dict[str, Any]:
    """Whether a contact wants a flat, and which: values, for about one in nine."""
    drawn = Random(raw["phone"] + "flat")  # noqa: S311
    if drawn.random() > 0.11:
        return {}
    layout = drawn.choices(("one", "two", "three", "four"), (18, 44, 30, 8))[0]
    rooms = {"one": 24, "two": 46, "three": 66, "four": 88}[layout]
    made: dict[str, Any] = {"x_flat": True, "x_layout": layout}
    made["x_purpose"] = drawn.choices(("home", "better", "let", "staff"), (46, 26, 16, 12))[0]
    if drawn.random() < 0.6:
        made["x_down"] = (rooms + drawn.randint(-6, 14)) * 10_000
    made["x_blocks"] = sorted(drawn.sample(("a1", "a2", "a3", "b1"), drawn.choices((1, 2), (7, 3))[0]))
    if drawn.random() < 0.5:
        made["x_seen"] = today - timedelta(days=drawn.randint(2, 200))
    return made
