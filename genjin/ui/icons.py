"""Icons: one sprite file with a content hash in its name; a page refers to its symbols, same-origin (CSP)."""

from __future__ import annotations

from functools import cache

from django.templatetags.static import static
from markupsafe import Markup, escape

SPRITE = "sprite.svg"


@cache
def icon(name: str, classes: str = "") -> Markup:
    """`<svg>` showing an icon of the sprite; classes `s` 14 px, `l` 20 px, `fill`. Decorative: words stand beside."""
    space = " " if classes else ""
    return Markup('<svg class="i{}{}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
        space, classes, escape(static(SPRITE)), name
    )
