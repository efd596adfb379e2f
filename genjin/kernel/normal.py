"""Normal forms: what two writings of one company, phone, code, address have in common (B3).

Keys are for comparing; checks also say in Chinese what is wrong. Comparing records is not done here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Literal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from genjin.kernel.folding import fold
from genjin.kernel.regions import without_leading_place

_OPENING = str.maketrans("【[{〔〖<《", "(((((((")
_BRACKETS = re.compile(r"[()]")
_CLOSING = str.maketrans("】]}〕〗>》", ")))))))")
_COMPANY_ENDINGS = re.compile(
    r"(?:集团)?(?:股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|总公司|分公司|股份公司|公司|集团"
    r"|CO\.?LTD|COLTD|LIMITED|LTD|INC|CORP|CORPORATION|COMPANY|LLC|GMBH)+$"
)
# What is left of 北京银行 without its place would be every bank.
_COMMON_NOUNS = re.compile("银行|大学|医院|酒店|饭店|宾馆|机场|地铁|科技|电子|贸易|商贸|建筑|实业|投资|物流|学院")
# Credit codes (GB 32100): the letters and what they count at each place; the last makes the sum divisible by 31.
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_VALUES = {letter: value for value, letter in enumerate(_CODE_LETTERS)}
_CODE_WEIGHTS = (*(3**place % 31 for place in range(17)), 1)
_LONGEST_EMAIL = 254
_USUAL_EMAIL = re.compile(r"[A-Za-z0-9_.+-]{1,64}@[a-z0-9]{1,63}(?:\.[a-z0-9]{1,63})+")  # read at once; others in steps
_CODE_SIGNS, _NOT_IN_CODES = re.compile(r"[\s-]"), re.compile(f"[^{_CODE_LETTERS}]")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the normal form, or why there is none."""

    normal: str | None
    reason: str = ""

    @property
    def ok(self) -> bool:
        return self.normal is not None


PhoneKind = Literal["mobile", "landline", "foreign", "service"]


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """A phone number read. `normal`: 13812345678, 0512-62881234-801, 400-820-8820, +14155552671."""

    ok: bool
    normal: str | None
    kind: PhoneKind | None
    reason: str = ""


@lru_cache(maxsize=4096)
def company_key(name: str) -> str:
    """The exact key (B3): width, case, script, spaces and signs do not count; `（上海）` stays as `(上海)`."""
    plain = name if name.isalnum() else name.translate(_OPENING).translate(_CLOSING)
    folded = fold(plain).upper()
    letters = folded if folded.isalnum() else "".join(c for c in folded if c.isalnum() or c in "()々")
    while "()" in letters:
        letters = letters.replace("()", "")
    return letters


@lru_cache(maxsize=4096)
def company_fuzzy_key(name: str) -> str:
    """The loose key (B3): also without the legal form, the brackets, and the province and city in front."""
    key = company_key(name)
    letters = key if key.isalnum() else _BRACKETS.sub("", key)
    shorter = _COMPANY_ENDINGS.sub("", letters)
    bare = shorter if len(shorter) > 1 else letters
    elsewhere = without_leading_place(bare)
    return bare if _COMMON_NOUNS.fullmatch(elsewhere) else elsewhere


def phone_key(text: str) -> str | None:
    """The digits two writings of one number share, without extension; None for what is no number."""
    checked = check_phone(text)
    if checked.normal is None:
        return None
    parts = checked.normal.split("-")
    groups = 3 if checked.normal.startswith(("400-", "800-")) else 2
    return "".join(parts[:groups])


def check_phone(text: str) -> PhoneCheck:
    """Read a phone number as people write it."""
    written = unicodedata.normalize("NFKC", text).strip()
    bare = re.sub(r"^\((\+?\d+)\)", r"\1", re.sub(r"[\s.·]", "", written))
    if not re.search(r"\d", bare):
        return PhoneCheck(ok=False, normal=None, kind=None, reason=_("这里要填电话号码，例如 138 1234 5678"))
    if "**" in bare:
        return PhoneCheck(ok=False, normal=None, kind=None, reason=_("号码中间被隐藏了，请填写完整的号码"))
    if re.search(r"[^\d+()\-—–/*#转分机extEXT]", bare):
        return PhoneCheck(ok=False, normal=None, kind=None, reason=_("电话号码里有不能识别的字符"))
    digits = re.sub(r"\D", "", bare)
    if bare.startswith(("+", "00")) and not re.match(r"(?:\+|00)86", bare):
        return _check_foreign(digits if bare.startswith("+") else digits[2:])
    return _check_mainland(re.sub(r"^(?:\+|00)86-?", "", bare))


def _check_mainland(bare: str) -> PhoneCheck:
    main, extension = _split_extension(bare)
    digits = re.sub(r"\D", "", main)
    mobile = re.fullmatch(r"(?:86|0)?(1[3-9]\d{9})", digits)
    if mobile and not extension:
        return PhoneCheck(ok=True, normal=mobile[1], kind="mobile")
    if re.fullmatch(r"[48]00\d{7}", digits):
        return _numbered(f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", "service", extension)
    if re.fullmatch(r"95\d{3,4}|1[02]\d{3}|12\d{3}|1[12]\d", digits):
        return _numbered(digits, "service", extension)
    landline = _landline(main, digits)
    if landline:
        return _numbered(landline, "landline", extension)
    return PhoneCheck(ok=False, normal=None, kind=None, reason=_why_no_phone(digits))


def _split_extension(bare: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*?\d{3,})(?:-|—|–|/|\*|#|转|分机|ext|EXT|Ext)+(\d{1,6})", bare)
    if not found or len(re.sub(r"\D", "", found[1])) < 7:
        return bare, ""
    whole = re.sub(r"\D", "", bare)
    grouped = re.fullmatch(r"(?:86|0)?1[3-9]\d{9}|[48]00\d{7}", whole)
    landline = re.fullmatch(r"\(?0\d{2,3}\)?-?\d{3,4}-\d{4}", bare)
    return (bare, "") if grouped or landline else (found[1], found[2])


def _landline(main: str, digits: str) -> str:
    """`0512-62881234`; a local number without its area code stays as it is."""
    rest = digits[2:] if digits.startswith("86") and len(digits) > 10 else digits
    area = re.match(r"0(?:10|2\d|[3-9]\d{2})", rest if rest.startswith("0") else "0" + rest)
    if re.fullmatch(r"[2-8]\d{6,7}", rest) and not main.startswith(("(", "0")):
        return rest
    if not area:
        return ""
    local = (rest if rest.startswith("0") else "0" + rest)[len(area[0]) :]
    return f"{area[0]}-{local}" if re.fullmatch(r"[2-8]\d{6,7}", local) else ""


def _numbered(number: str, kind: PhoneKind, extension: str) -> PhoneCheck:
    return PhoneCheck(ok=True, normal=f"{number}-{extension}" if extension else number, kind=kind)


def _check_foreign(digits: str) -> PhoneCheck:
    import phonenumbers  # noqa: PLC0415 (slow: loads its tables)

    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return PhoneCheck(ok=False, normal=None, kind=None, reason=_("境外号码的国家代码或位数不对"))
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneCheck(ok=True, normal=normal, kind="foreign")


def _why_no_phone(digits: str) -> str:
    if len(digits) > 15:
        return _("位数太多，一格只填一个号码")
    if digits.startswith("1") and len(digits) != 11:
        return _("手机号应为 11 位，现在是 %(count)s 位") % {"count": len(digits)}
    if digits.startswith("1"):
        return _("手机号的号段不对，应以 13 至 19 开头")
    if digits.startswith("0"):
        return _("固定电话应为区号加 7 或 8 位号码，例如 0512-62881234")
    return _("电话号码的位数不对，手机号为 11 位，固定电话请带区号")


def check_credit_code(text: str) -> Checked:
    """A 统一社会信用代码: 18 characters with a right check character."""
    code = _CODE_SIGNS.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text)).upper()
    if len(code) != 18:
        return Checked(None, _("统一社会信用代码应为 18 位，现在是 %(count)s 位") % {"count": len(code)})
    wrong = _NOT_IN_CODES.search(code)
    if wrong:
        return Checked(None, _("统一社会信用代码里不会有“%(char)s”") % {"char": wrong[0]})
    total = sum(map(mul, map(_CODE_VALUES.__getitem__, code), _CODE_WEIGHTS))
    if total % len(_CODE_LETTERS) or not code[:8].isdigit():
        return Checked(None, _("统一社会信用代码的校验位不对，请核对有没有输错"))
    return Checked(code)


def check_email(text: str) -> Checked:
    """An e-mail address; the domain in lower case."""
    if _USUAL_EMAIL.fullmatch(text) and len(text) <= _LONGEST_EMAIL and ".." not in text:
        return Checked(text)
    address = unicodedata.normalize("NFKC", text).strip().replace("。", ".")
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return Checked(None, _("邮箱地址缺少 @"))
    if (
        len(address) > _LONGEST_EMAIL
        or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", local)
        or ".." in local
    ):
        return Checked(None, _("邮箱地址 @ 前面的部分有不能用的字符"))
    labels = domain.lower().split(".")
    if len(labels) < 2 or not all(re.fullmatch(r"(?!-)[\w-]{1,63}(?<!-)", label) for label in labels):
        return Checked(None, _("邮箱地址 @ 后面的域名不对，例如 example.com"))
    return Checked(f"{local}@{'.'.join(labels)}")


def email_key(text: str) -> str | None:
    """The address in lower case, to compare; None for what is no address."""
    normal = check_email(text).normal
    return normal and normal.lower()


def check_url(text: str) -> Checked:
    """A web address: http or https only; `https://` is added where nothing stands in front."""
    address = unicodedata.normalize("NFKC", text).strip()
    if re.search(r"[\s\x00-\x1f\x7f\\<>\"]", address):
        return Checked(None, _("网址里不能有空格或特殊字符"))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:/|$))", address)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return Checked(None, _("网址只能以 http:// 或 https:// 开头"))
    whole = address if scheme else "https://" + address.removeprefix("//")
    try:
        split = urlsplit(whole)
        host, _port = split.hostname or "", split.port
    except ValueError:
        return Checked(None, _("网址不完整或写错了，例如 https://example.com"))
    if split.username is not None or not re.fullmatch(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}", host):
        return Checked(None, _("网址不完整或写错了，例如 https://example.com"))
    return Checked(split._replace(scheme=split.scheme.lower(), netloc=split.netloc.lower()).geturl())
