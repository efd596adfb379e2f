"""Declared fields: what every surface sees of a record, be it a column, a custom, related or computed value."""

from genjin.kernel.fields.base import Access, Field, FieldError, Operator, Sensitivity, Values
from genjin.kernel.fields.choices import Choice, MultiChoice, Tags, YesNo
from genjin.kernel.fields.links import DepartmentRef, Person, RecordRef, Region
from genjin.kernel.fields.numbers import Money, Number, Percent
from genjin.kernel.fields.texts import Address, CreditCode, Email, LongText, Named, Phone, Text, Url
from genjin.kernel.fields.times import Birthday, Date, DateTime

__all__ = [
    "Access",
    "Address",
    "Birthday",
    "Choice",
    "CreditCode",
    "Date",
    "DateTime",
    "DepartmentRef",
    "Email",
    "Field",
    "FieldError",
    "LongText",
    "Money",
    "MultiChoice",
    "Named",
    "Number",
    "Operator",
    "Percent",
    "Person",
    "Phone",
    "RecordRef",
    "Region",
    "Sensitivity",
    "Tags",
    "Text",
    "Url",
    "Values",
    "YesNo",
]
