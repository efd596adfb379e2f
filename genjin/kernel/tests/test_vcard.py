"""Contacts from phones and mail programs: vCard 2.1, 3.0 and 4.0 as they are written out there."""

from __future__ import annotations

import quopri
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.tables import Cell, Layout, Unreadable, best_sheet, find_layout, open_book
from genjin.kernel.tables.vcard_lines import properties


def contacts(folder: Path, content: bytes | str) -> list[dict[str, Cell]]:
    """Heading → cell of each contact; empty cells left out."""
    path = folder / "contacts.vcf"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with open_book(path, "联系人.vcf") as book:
        assert [sheet.name for sheet in book.sheets] == ["联系人"]
        layout = find_layout(book.head(best_sheet(book)))
        assert Layout.from_json(layout.to_json()) == layout
        rows = [cells for _number, cells in book.rows("联系人", layout)]
        assert book.sheets[0].rows >= len(rows) + 1
    return [{h: c for h, c in zip(layout.header, row, strict=True) if c is not None} for row in rows]


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def qp(text: str, charset: str = "utf-8") -> str:
    return quopri.encodestring(text.encode(charset), quotetabs=True).decode().replace("\n", "\r\n")


def test_a_card_of_an_apple_phone_is_read_with_all_that_people_keep(tmp_path: Path) -> None:
    text = card(
        "PRODID:-//Apple Inc.//iPhone OS 17.0//EN",
        "N:张;伟;;;",
        "FN:伟 张",
        "ORG:苏州晶砺精密机械有限公司;采购部;二组",
        "TITLE:采购经理",
        "TEL;type=CELL;type=VOICE;type=pref:+86 138 1234 5678",
        "TEL;type=WORK;type=VOICE:0512-66668888",
        "TEL;type=WORK;type=FAX:0512-66668889",
        "TEL;type=HOME:139 0000 1111",
        "EMAIL;type=INTERNET;type=WORK;type=pref:zw@example.com",
        "EMAIL;type=INTERNET;type=HOME:zw@home.example",
        "ADR;type=WORK;type=pref:;;工业园区星湖街328号;苏州市;江苏省;215000;中国",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-23",
        "NOTE:第一行\\n第二行\\, 还有",
        "item1.X-ABLabel:微信",
        "item1.IMPP:weixin:zhangwei_88",
        "URL:https://example.com",
        "PHOTO;ENCODING=b;TYPE=JPEG:" + "QUJD" * 20,
        *[" " + "QUJD" * 18] * 300,
    )
    assert contacts(tmp_path, text) == [
        {
            "姓名": "张伟",
            "手机": "+86 138 1234 5678、139 0000 1111",
            "电话": "0512-66668888",
            "传真": "0512-66668889",
            "邮箱": "zw@example.com、zw@home.example",
            "公司": "苏州晶砺精密机械有限公司",
            "部门": "采购部 二组",
            "职务": "采购经理",
            "地址": "江苏省苏州市工业园区星湖街328号",
            "生日": "05-23",
            "微信": "zhangwei_88",
            "网址": "https://example.com",
            "备注": "第一行\n第二行, 还有",
        }
    ]


@pytest.mark.parametrize("charset", ["UTF-8", "GBK", "GB2312"])
def test_cards_of_old_phones_are_read(tmp_path: Path, charset: str) -> None:
    code = "gb18030" if charset.startswith("GB") else "utf-8"
    note = qp("这是一段很长的备注，长到需要在引用可打印编码里换行，一行放不下，所以断成几行；分号也在里面", code)
    assert "=\r\n" in note
    text = card(
        f"N;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{qp('李', code)};{qp('小红', code)};;;",
        f"FN;ENCODING=QUOTED-PRINTABLE;CHARSET={charset}:{qp('李小红', code)}",
        "TEL;CELL;PREF:13900001111",
        "TEL;WORK;VOICE:(021) 5888-8888",
        f"ORG;CHARSET={charset};QUOTED-PRINTABLE:{qp('上海海纳有限公司', code)}",
        f"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET={charset}:{note}",
        "BDAY:19850315",
        version="2.1",
    )
    found = contacts(tmp_path, text)[0]
    assert found["姓名"] == "李小红"
    assert (found["手机"], found["电话"], found["生日"]) == ("13900001111", "(021) 5888-8888", date(1985, 3, 15))
    assert found["公司"] == "上海海纳有限公司"
    assert found["备注"] == "这是一段很长的备注，长到需要在引用可打印编码里换行，一行放不下，所以断成几行；分号也在里面"


def test_charsets_may_differ_from_card_to_card(tmp_path: Path) -> None:
    gbk = b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=GBK:" + "王;芳".encode("gbk") + b"\r\nEND:VCARD\r\n"
    untold = b"BEGIN:VCARD\nVERSION:3.0\nFN:" + "赵六".encode("gbk") + b"\nEND:VCARD\n"
    found = contacts(tmp_path, gbk + card("FN:钱七").encode() + untold)
    assert [each["姓名"] for each in found] == ["王芳", "钱七", "赵六"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_files_are_read(tmp_path: Path, encoding: str) -> None:
    assert contacts(tmp_path, card("FN:孙八", "TEL:13700000000").encode(encoding)) == [
        {"姓名": "孙八", "手机": "13700000000"}
    ]


def test_version_four_with_addresses_as_links(tmp_path: Path) -> None:
    text = card(
        "FN:Anna Schmidt",
        "N:Schmidt;Anna;;;",
        'TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+49-170-1234567',
        "EMAIL:mailto:anna@example.com",
        'ADR;LABEL="Weg 1:2\\nUlm":;;Weg 1;Ulm;;89073;Germany',
        "BDAY:--0315",
        "GENDER:F",
        "CATEGORIES:客户,展会",
        version="4.0",
    )
    assert contacts(tmp_path, text) == [
        {
            "姓名": "Anna Schmidt",
            "手机": "+49-170-1234567",
            "邮箱": "anna@example.com",
            "地址": "Weg 1, Ulm, 89073, Germany",
            "生日": "03-15",
            "性别": "女",
            "标签": "客户、展会",
        }
    ]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["N:欧阳;娜娜;;;", "FN:欧阳 娜娜"], "欧阳娜娜"),
        (["N:;张三;;;", "FN:张三"], "张三"),
        (["N:张;三;;;"], "张三"),
        (["N:Smith;John;Q.;;"], "John Q. Smith"),
        (["FN:张三（采购）", "N:张;三;;;"], "张三（采购）"),
        (["NICKNAME:老王", "TEL:1"], "老王"),
    ],
)
def test_names_stand_in_the_order_of_their_language(tmp_path: Path, lines: list[str], name: str) -> None:
    assert contacts(tmp_path, card(*lines))[0]["姓名"] == name


@pytest.mark.parametrize(
    ("line", "heading", "cell"),
    [
        ("X-WECHAT:abc_1", "微信", "abc_1"),
        ("X-SOCIALPROFILE;type=wechat:x-apple:abc_1", "微信", "abc_1"),
        ("IMPP;X-SERVICE-TYPE=QQ;type=HOME:x-apple:123456", "QQ", "123456"),
        ("X-QQ:123456", "QQ", "123456"),
        ("BDAY;VALUE=date:1990-02-30", "生日", "1990-02-30"),
        ("BDAY:1990-02-03T00:00:00Z", "生日", date(1990, 2, 3)),
        ("TEL;TYPE=HOME,CELL:+8613812345678", "手机", "+8613812345678"),
        ("ADR:;;江苏省苏州市星湖街1号;苏州市;江苏省;;China", "地址", "江苏省苏州市星湖街1号"),
    ],
)
def test_what_programs_write_comes_under_its_heading(tmp_path: Path, line: str, heading: str, cell: Cell) -> None:
    assert contacts(tmp_path, card("FN:张三", line))[0][heading] == cell


def test_a_card_within_a_card_and_a_missing_end_are_forgiven(tmp_path: Path) -> None:
    agent = "BEGIN:VCARD\nVERSION:2.1\nFN:甲\nAGENT:\nBEGIN:VCARD\nFN:助理\nEND:VCARD\nTEL:1\nEND:VCARD\n"
    assert [each["姓名"] for each in contacts(tmp_path, agent + "BEGIN:VCARD\nFN:乙\nBEGIN:VCARD\nFN:丙\n")] == [
        "甲",
        "乙",
        "丙",
    ]


@pytest.mark.parametrize("content", [b"x", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"END:VCARD"])
def test_what_holds_no_card_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable, match="BEGIN:VCARD"):
        contacts(tmp_path, content)


@given(st.binary(max_size=400))
def test_any_bytes_in_a_card_are_read(content: bytes) -> None:
    lines = iter((b"BEGIN:VCARD\n" + content + b"\nEND:VCARD\n").splitlines(keepends=True))
    for each in properties(lambda _most: next(lines, b"")):
        assert each.name
        each.parts()
