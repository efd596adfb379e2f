"""Normal forms and checks (B3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genjin.kernel.normal import (
    check_credit_code,
    check_email,
    check_phone,
    check_url,
    company_fuzzy_key,
    company_key,
    email_key,
    phone_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏州晶砺半导体有限公司", " 苏州 晶砺半导体 有限公司 "),
        ("華為技術（上海）有限公司", "华为技术(上海)有限公司"),
        ("华为技术【上海】有限公司", "华为技术〔上海〕有限公司"),
        ("GTX Pro", "ｇｔｘ－ｐｒｏ"),
        ("O'Brien & Sons", "OBRIEN SONS"),
        ("({})", ""),
    ],
)
def test_same_company(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


def test_bracketed_city_stays_a_token_of_the_exact_key() -> None:
    assert company_key("华为技术（上海）有限公司") == "华为技术(上海)有限公司"
    assert company_key("华为技术（上海）有限公司") != company_key("华为技术（深圳）有限公司")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("苏州晶砺半导体有限公司", "晶砺半导体"),
        ("江苏省苏州市晶砺半导体（集团）股份有限公司", "晶砺半导体"),
        ("晶砺半导体有限责任公司", "晶砺半导体"),
        ("华为技术（上海）有限公司", "华为技术上海"),
        ("北京银行股份有限公司", "北京银行"),
        ("上海有限公司", "上海"),
        ("GTX Pro Co., Ltd.", "GTXPRO"),
        ("公司", "公司"),
        ("", ""),
    ],
)
def test_fuzzy_key(name: str, key: str) -> None:
    assert company_fuzzy_key(name) == key


MOBILE = "13812345678"


@pytest.mark.parametrize(
    ("text", "normal", "kind"),
    [
        (MOBILE, MOBILE, "mobile"),
        ("138 1234 5678", MOBILE, "mobile"),
        ("138-1234-5678", MOBILE, "mobile"),
        ("+86 138 1234 5678", MOBILE, "mobile"),
        ("(+86)13812345678", MOBILE, "mobile"),
        ("008613812345678", MOBILE, "mobile"),
        ("8613812345678", MOBILE, "mobile"),
        ("013812345678", MOBILE, "mobile"),
        ("１３８１２３４５６７８", MOBILE, "mobile"),
        ("0512-62881234", "0512-62881234", "landline"),
        ("(0512)6288 1234", "0512-62881234", "landline"),
        ("（0512）62881234-801", "0512-62881234-801", "landline"),
        ("051262881234转801", "0512-62881234-801", "landline"),
        ("010-8888 8888 分机 801", "010-88888888-801", "landline"),
        ("021-6288-1234", "021-62881234", "landline"),
        ("+86-512-62881234", "0512-62881234", "landline"),
        ("+86 10 8888 8888", "010-88888888", "landline"),
        ("62881234", "62881234", "landline"),
        ("400-820-8820", "400-820-8820", "service"),
        ("4008208820转2", "400-820-8820-2", "service"),
        ("8008208820", "800-820-8820", "service"),
        ("10086", "10086", "service"),
        ("95588", "95588", "service"),
        ("+1 415 555 2671", "+14155552671", "foreign"),
        ("00442079460958", "+442079460958", "foreign"),
        ("+852 2123 4567", "+85221234567", "foreign"),
    ],
)
def test_phone_is_read(text: str, normal: str, kind: str) -> None:
    read = check_phone(text)
    assert (read.ok, read.normal, read.kind) == (True, normal, kind)
    again = check_phone(normal)
    assert again.normal == normal


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "电话号码"),
        ("无", "电话号码"),
        ("1381234567", "11 位，现在是 10 位"),
        ("138123456789", "11 位，现在是 12 位"),
        ("12812345678", "号段"),
        ("0512-123", "区号"),
        ("138****5678", "隐藏"),
        ("13812345678/13912345678", "一格只填一个"),
        ("13812345678 张伟", "不能识别"),
        ("+999 1", "境外"),
        ("1234", "手机号应为"),
        ("223", "位数"),
    ],
)
def test_phone_is_refused_with_its_reason(text: str, reason: str) -> None:
    read = check_phone(text)
    assert (read.ok, read.normal) == (False, None)
    assert reason in read.reason
    assert phone_key(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+86 138 1234 5678", MOBILE),
        ("0512-62881234-801", "(0512) 6288 1234"),
        ("400-820-8820转2", "4008208820"),
        ("+1 (415) 555-2671", "0014155552671"),
    ],
)
def test_same_phone(one: str, other: str) -> None:
    assert phone_key(one) == phone_key(other) is not None


@pytest.mark.parametrize(
    ("text", "normal", "reason"),
    [
        ("91110000600037341L", "91110000600037341L", ""),
        (" 91110000 600037341l ", "91110000600037341L", ""),
        ("911", None, "18 位，现在是 3 位"),
        ("91110000600037341I", None, "不会有“I”"),
        ("91110000600037342L", None, "校验位"),
    ],
)
def test_credit_code(text: str, normal: str | None, reason: str) -> None:
    checked = check_credit_code(text)
    assert checked.normal == normal
    assert reason in checked.reason
    assert checked.ok == (not checked.reason)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("a@b.cn", "a@b.cn"),
        (" Zhang.Wei@Example.COM ", "Zhang.Wei@example.com"),
        ("a＠b。cn", "a@b.cn"),
        ("a@公司.cn", "a@公司.cn"),
        ("a@b", None),
        ("@b.cn", None),
        ("张@b.cn", None),
        ("a..b@c.cn", None),
        ("a@-b.cn", None),
        ("a@b.cn\nBcc: x@y.cn", None),
        ("x", None),
    ],
)
def test_email(text: str, normal: str | None) -> None:
    assert check_email(text).normal == normal
    assert check_email(text).ok == (normal is not None)


def test_email_key_ignores_case() -> None:
    assert email_key("A@B.cn") == email_key("a@b.CN") == "a@b.cn"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("example.com", "https://example.com"),
        ("HTTP://A.CN/x?y#Z", "http://a.cn/x?y#Z"),
        ("//a.cn", "https://a.cn"),
        ("a.cn:8080/x", "https://a.cn:8080/x"),
        ("http://中文.cn", "http://中文.cn"),
        ("javascript:alert(1)", None),
        ("javascript://a.cn/%0aalert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("mailto:a@b.cn", None),
        ("http://u:p@a.cn", None),
        ("http://[::1", None),
        ("http://a.cn:x/", None),
        ('http://a.cn/"onclick=', None),
        ("localhost", None),
        ("", None),
    ],
)
def test_url(text: str, normal: str | None) -> None:
    assert check_url(text).normal == normal
    assert check_url(text).ok == (normal is not None)


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    company_key(text)
    assert company_key(company_key(text)) == company_key(text)
    company_fuzzy_key(text)
    for checked in (check_phone(text), check_credit_code(text), check_email(text), check_url(text)):
        assert checked.ok or checked.reason
    phone_key(text)
