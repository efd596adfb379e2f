"""What a member can see: from his page in the settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from genjin.org.web.frame import settings_page
from genjin.org.web.members import MemberLink, register_member_link
from genjin.sharing.grants import EXPLAIN
from genjin.sharing.sight.what import CAP, may_explain_member, member_to_explain, what_sees
from genjin.ui.pages import PageRequest, page

register_member_link(
    MemberLink(label=gettext_lazy("能看到什么"), icon="eye", url_name="member-sight", shown=may_explain_member)
)


@page("settings/sight/<int:member_id>", name="member-sight", needs=EXPLAIN)
def member_sight(request: PageRequest, member_id: int) -> HttpResponse:
    """Per type the scope in words, with what teams and rules add, and everything else his roles allow."""
    person = member_to_explain(request.actor, member_id)
    sight = what_sees(request.actor, person)
    return settings_page(request, "sharing/member.html", "members", sight=sight, cap=CAP)
