"""Reading lists: filters from URLs, pages by key, capped counts, search. The same query serves every surface."""

from genjin.kernel.lists.counting import CAP, count_capped
from genjin.kernel.lists.pages import ListRow, Page, page
from genjin.kernel.lists.reading import Condition, ListQuery, read_query
from genjin.kernel.lists.searching import Hit, search

__all__ = [
    "CAP",
    "Condition",
    "Hit",
    "ListQuery",
    "ListRow",
    "Page",
    "count_capped",
    "page",
    "read_query",
    "search",
]
