"""The language of formula fields: numbers, texts, dates and yes or no, the usual signs, a list of functions, other
fields of the record in braces. Read by a parser of its own, never by Python; every formula ends, quickly.

Pure: what a formula reads is given as values. Which fields there are and what may be read: `kernel.working_out`.
"""

from genjin.kernel.formulas.checking import kind_of
from genjin.kernel.formulas.functions import FUNCTIONS, Kind, Value
from genjin.kernel.formulas.parsing import MOST_SIGNS, parse
from genjin.kernel.formulas.tokens import FormulaError
from genjin.kernel.formulas.tree import Call, Constant, Node, Read, names_of, reads_of, renamed
from genjin.kernel.formulas.working import result

__all__ = [
    "FUNCTIONS",
    "MOST_SIGNS",
    "Call",
    "Constant",
    "FormulaError",
    "Kind",
    "Node",
    "Read",
    "Value",
    "kind_of",
    "names_of",
    "parse",
    "reads_of",
    "renamed",
    "result",
]
