"""Templates to download: what is filled into them is understood without a question."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.utils.translation import override

from genjin.kernel.tables import find_layout, open_book
from genjin.surfaces.imports.blanks import COLUMNS, file_name, template
from genjin.surfaces.imports.compiling import prepare
from genjin.surfaces.imports.kinds import KINDS
from genjin.surfaces.imports.proposing import propose
from genjin.surfaces.imports.questions import questions
from genjin.surfaces.imports.samples import Samples
from genjin.testing.cast import Cast


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_template_is_read_back_as_it_is_meant(cast: Cast, tmp_path: Path, language: str) -> None:
    actor = cast.actor("owner")
    for kind in KINDS.values():
        with override(language):
            path = tmp_path / f"{kind.key}.xlsx"
            path.write_bytes(template(actor, kind))
            with open_book(path, file_name(kind)) as book:
                layout = find_layout(book.head(book.sheets[0].name))
                rows = list(book.rows(book.sheets[0].name, layout))
            samples = Samples.of((cells for _number, cells in rows), layout.columns)
            rules = propose(actor, kind, layout.header, samples)
            assert [rule.target for rule in rules] == list(COLUMNS[kind.key]), (kind.key, layout.header)
            assert questions(actor, kind, rules, samples) == []
            assert [number for number, _cells in rows] == [3]
            raw, problems = prepare(actor, kind, rules).read(rows[0][1])
            assert [problem.index for problem in problems] == [0], problems
            assert "示例" in problems[0].words or "xample" in problems[0].words
            assert raw[kind.main]


def test_a_template_offers_the_options_and_tells_how_to_write(cast: Cast) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(cast.actor("owner"), KINDS["customers"])))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[2]]
    assert headings[0] == "客户名称*"
    helps = {str(v.sqref).split("3:")[0]: v for v in sheet.data_validations.dataValidation}
    level = helps[sheet.cell(2, headings.index("客户等级") + 1).column_letter]
    assert (level.type, level.formula1) == ("list", '"超级VIP客户,优质客户,一般客户"')
    phone = helps[sheet.cell(2, headings.index("电话") + 1).column_letter]
    assert "11 位" in phone.prompt
    assert sheet.freeze_panes == "A3"
