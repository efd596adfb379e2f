"""Text-like fields: text, long text, phone, e-mail, web address, credit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from genjin.kernel import masking, normal
from genjin.kernel.fields.base import EMPTY_OPERATORS, Field, FieldError, Operator, Sensitivity

if TYPE_CHECKING:
    from genjin.kernel.actor import Actor

PHONE_OPERATORS = (
    Operator("contains", gettext_lazy("包含"), "one", "contains"),
    Operator("is", gettext_lazy("等于"), "one"),
    *EMPTY_OPERATORS,
)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """One line of text, stored without control characters; empty is ''."""

    most: int = 200

    def parse(self, raw: Any, actor: Actor) -> str:
        """Never None: text columns hold ''."""
        return super().parse(raw, actor) or ""

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """Collapse white space; refuse over-long text."""
        text = " ".join(str(raw).replace("\x00", "").split())
        return self.limited(text)

    def limited(self, text: str) -> str:
        """The text if it is short enough."""
        if len(text) > self.most:
            raise FieldError(
                _("「%(field)s」最多 %(most)s 个字，现在有 %(now)s 个")
                % {"field": self.label, "most": self.most, "now": len(text)}
            )
        return text

    def emptiness(self) -> Q:
        """Text columns are '' when empty."""
        return Q(**{self.path: ""})


@dataclass(frozen=True, kw_only=True)
class LongText(Text):
    """Several lines of text."""

    most: int = 10_000
    kind: ClassVar[str] = "longtext"
    wide: ClassVar[bool] = True

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """Keep line breaks, drop what is invisible at the ends."""
        text = str(raw).replace("\x00", "").replace("\r\n", "\n").strip()
        return self.limited(text)


@dataclass(frozen=True, kw_only=True)
class Named(Text):
    """A name in free words, of which others were written before: who writes one like them is asked which he means."""

    def written(self, actor: Actor) -> Iterable[str]:
        """The names that the actor may know of, each once."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Phone(Text):
    """A phone number, normalised (B3); masked in lists (B19)."""

    most: int = 40
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    kind: ClassVar[str] = "phone"

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """The normal form of the number. Raises FieldError with the reason when it is none."""
        check = normal.check_phone(str(raw))
        if not check.ok or check.normal is None:
            raise FieldError(check.reason)
        return check.normal

    def masked(self, value: Any, actor: Actor) -> str:
        """138****5678."""
        return self.veiled(value)

    def veiled(self, value: Any) -> str:
        """138****5678."""
        return masking.mask_phone(value) if value else ""

    def parse_filter(self, raw: str, actor: Actor) -> str:
        """Only digits count."""
        return "".join(c for c in raw if c.isdigit()) or raw.strip()

    def operators(self) -> tuple[Operator, ...]:
        """Phones are found by a piece or whole."""
        return PHONE_OPERATORS


@dataclass(frozen=True, kw_only=True)
class Email(Text):
    """An e-mail address."""

    sensitivity: Sensitivity = Sensitivity.PERSONAL
    kind: ClassVar[str] = "email"

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """The normal form of the address."""
        check = normal.check_email(str(raw))
        if not check.ok or check.normal is None:
            raise FieldError(check.reason)
        return self.limited(check.normal)

    def masked(self, value: Any, actor: Actor) -> str:
        """z***@domain."""
        return self.veiled(value)

    def veiled(self, value: Any) -> str:
        """z***@domain."""
        return masking.mask_email(value) if value else ""


@dataclass(frozen=True, kw_only=True)
class Address(Text):
    """Where somebody is, below the district; masked in lists (B19)."""

    sensitivity: Sensitivity = Sensitivity.PERSONAL

    def masked(self, value: Any, actor: Actor) -> str:
        """江苏省 苏州市 虎丘区 ****."""
        return self.veiled(value)

    def veiled(self, value: Any) -> str:
        """江苏省 苏州市 虎丘区 ****."""
        return masking.mask_address(value) if value else ""


@dataclass(frozen=True, kw_only=True)
class Url(Text):
    """A web address; only http and https (ASVS 1.2.2)."""

    most: int = 500
    kind: ClassVar[str] = "url"

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """The normal form of the address."""
        check = normal.check_url(str(raw))
        if not check.ok or check.normal is None:
            raise FieldError(check.reason)
        return self.limited(check.normal)


@dataclass(frozen=True, kw_only=True)
class CreditCode(Text):
    """统一社会信用代码: 18 characters with a check digit (B3)."""

    kind: ClassVar[str] = "text"

    def parse_given(self, raw: Any, actor: Actor) -> str:
        """The normal form of the code."""
        check = normal.check_credit_code(str(raw))
        if not check.ok or check.normal is None:
            raise FieldError(check.reason)
        return check.normal
