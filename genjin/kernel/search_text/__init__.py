"""Search text: what a record is found by, how a typed word asks for it, where the hit is.

A record is found by an index of tokens (a `tsvector` made here, not by PostgreSQL) and then checked against
its search key. Token vocabulary is bounded, so that the index of a million records stays small:

    张  张伟        Han unigrams and bigrams          tech      words of other scripts, from each word on
    i.z  i.zw       pinyin initials, 1 to 3           c.kh0001  codes and numbers, squashed
    p.zhang         syllables                         d.5678    last four digits of phones and codes
    pp.zhang.wei    pairs of syllables

Running the query is not done here: `genjin.kernel` keeps word frequencies and picks the plan.
"""

from genjin.kernel.pinyin import pinyin_sort_key
from genjin.kernel.search_text.marks import Spans, highlight, pinyin_hint
from genjin.kernel.search_text.query import (
    Check,
    SearchQuery,
    Section,
    Way,
    like_patterns,
    matches,
    parse_query,
)
from genjin.kernel.search_text.quick import found_by
from genjin.kernel.search_text.tokens import as_tsvector, index_tokens, search_key

__all__ = [
    "Check",
    "SearchQuery",
    "Section",
    "Spans",
    "Way",
    "as_tsvector",
    "found_by",
    "highlight",
    "index_tokens",
    "like_patterns",
    "matches",
    "parse_query",
    "pinyin_hint",
    "pinyin_sort_key",
    "search_key",
]
