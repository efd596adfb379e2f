"""The parts of an .xlsx package around its one sheet: what it is called, who made it, how cells look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNWRITABLE = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Properties:
    """What the file says of itself: title, who made it, a remark, when (as ISO text in UTC)."""

    title: str = ""
    creator: str = ""
    remark: str = ""
    made: str = ""


def properties_part(said: Properties) -> str:
    """docProps/core.xml."""
    made = f'<dcterms:created xsi:type="dcterms:W3CDTF">{escape(said.made)}</dcterms:created>' if said.made else ""
    words = {"dc:title": said.title, "dc:creator": said.creator, "dc:description": said.remark}
    told = "".join(f"<{tag}>{escape(_UNWRITABLE.sub('', text))}</{tag}>" for tag, text in words.items() if text)
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{told}{made}</cp:coreProperties>'
    )


def workbook_part(name: str) -> str:
    """xl/workbook.xml."""
    plain = escape(re.sub(r"[\[\]:*?/\\]", " ", _UNWRITABLE.sub("", name))[:31], {'"': "&quot;"})
    sheets = f'<sheets><sheet name="{plain}" sheetId="1" r:id="rId1"/></sheets>'
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{sheets}</workbook>'


def _format(number: int, font: int = 0, border: int = 0, centred: bool = False) -> str:
    aligned = '<alignment horizontal="center" vertical="center"/>' if centred else ""
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="{border}" xfId="0" quotePrefix="1"'
        f' applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1">{aligned}</xf>'
    )


_THIN = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom"))
_FORMATS = [
    _format(0),
    _format(164),
    _format(9),
    _format(0, 1, centred=True),
    _format(0, 2, 1, centred=True),
    _format(165),
]
_STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy/m/d"/>'
    '<numFmt numFmtId="165" formatCode="yyyy/m/d hh:mm"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="16"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    f'</fills><borders count="2"><border/><border>{_THIN}</border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">{"".join(_FORMATS)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": _STYLES,
}
