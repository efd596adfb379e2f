"""The demo's public forms: one of the web site, one of a fair; which leads came by them, what waits for somebody."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from random import Random
from typing import Any

from genjin.campaigns.models import Campaign
from genjin.demo.company import Staff
from genjin.demo.deeds import OPERATIONS
from genjin.kernel.codes_store import new_ids
from genjin.leadforms.actions.channels import add_channel
from genjin.leadforms.actions.forms import create_form, open_form
from genjin.leadforms.actions.landing import land
from genjin.leadforms.actions.receiving import Sent, receive, turn_away
from genjin.leadforms.declared import digest_of, shown
from genjin.leadforms.models import FormChannel, FormEdition, LeadForm, Submission
from genjin.leadforms.queries import outside
from genjin.leadforms.rules import State, Turned
from genjin.leadforms.tokens import Sheet
from genjin.leads.models import Lead
from genjin.ownership.models import Pool

CONSENT = (
    "%s将收集您在本表单填写的信息，仅用于就本次咨询与您联系，最长保存两年。信息保存在公司自己的系统中，不向第三方提供。"
    "您可以随时致电总机或回复来电，查阅、更正、删除这些信息或撤回同意。"
)
FIELDS: list[dict[str, Any]] = [
    {"key": "contact_name", "label": "您的称呼", "help": "", "required": True},
    {"key": "mobile", "label": "", "help": "方便我们回电", "required": True},
    {"key": "company", "label": "", "help": "", "required": False},
    {"key": "region", "label": "", "help": "", "required": False},
    {"key": "need", "label": "想了解什么", "help": "例如设备型号、产能、预算", "required": False},
]
SITE, FAIR = "官网预约看样机", "展会扫码登记"
CHANNELS = {
    SITE: (("首页横幅", "banner", ""), ("公众号文章", "article", ""), ("行业网站", "portal", "ad")),
    FAIR: (("展位海报", "poster", ""), ("资料袋", "bag", "")),
}
AGENTS = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107 Mobile MicroMessenger/8.0.44",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.44",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/119",
)
NEW = (
    ("高先生", "13600240117", "想看三轴的样机，年底前要定", State.ACCEPTED),
    ("推广合作", "13600240118", "专业代发，见 www.example-ads.cn", State.HELD),
    ("丁女士", "13600240119", "可以先寄资料吗，身份证 320102198001011238 登记过", State.HELD),
)


def seed_forms(staff: Staff, company: str, now: datetime) -> None:
    """Make the forms, link the leads that came by them, and let some come just now."""
    random = Random("public forms")  # noqa: S311 - invents
    site = _form(staff, now - timedelta(days=300), SITE, "预约看样机", "internet", company)
    fair = _form(staff, now - timedelta(days=120), FAIR, "留下联系方式，领取资料", "exhibition", company)
    for form, source in ((site, "internet"), (fair, "exhibition")):
        _link(random, form, Lead.objects.filter(source=source, created_at__gt=form.created_at, customer=None))
    for number, (who, mobile, need, _state) in enumerate(NEW):
        _sent(site, who, mobile, need, number)
    for _time in range(3):
        turn_away(outside(), form=site, reason=Turned.TRAP, address="203.0.113.77")
    turn_away(outside(), form=site, reason=Turned.FAST, address="198.51.100.9")


def _form(staff: Staff, moment: datetime, name: str, title: str, source: str, company: str) -> LeadForm:
    actor = staff.acting(OPERATIONS, moment)
    pool = Pool.objects.filter(record_type="lead").order_by("id").first()
    where: dict[str, Any] = {"target": "owner", "owner": actor.member_id}
    if pool is not None:
        where = {"target": "pool", "pool": str(pool.pk)}
    campaign = Campaign.objects.filter(kind="exhibition").order_by("-starts_on").first() if name == FAIR else None
    form = create_form(
        actor, name=name, title=title, fields=FIELDS, consent=CONSENT % company, source=source,
        intro="填好后，工程师会在一个工作日内与您联系。", thanks="谢谢，我们会在一个工作日内与您联系。",
        hosts=["www.example.cn"] if name == SITE else [], campaign=campaign.pk if campaign else None, **where,
    )  # fmt: skip
    open_form(actor, form.pk)
    for label, code, own in CHANNELS[name]:
        add_channel(actor, form=form.pk, name=label, code=code, source=own)
    return LeadForm.objects.get(pk=form.pk)


def _link(random: Random, form: LeadForm, leads: Any) -> None:
    """Half of these leads came by the form, some hours of the day at a channel."""
    came = [lead for lead in leads.only("id", "created_at").order_by("id") if random.random() < 0.5]
    said = shown(form, 0)
    edition = FormEdition.objects.create(form=form, number=1, shown=said, digest=digest_of(said), at=form.created_at)
    channels = list(FormChannel.objects.filter(form=form).order_by("id"))
    rows = [
        Submission(
            id=number, version=1, created_at=lead.created_at, updated_at=lead.created_at, form=form, edition=edition,
            channel=random.choice([*channels, None]), token=f"{number:032x}", digest=f"{number:064x}", agreed=True,
            state=State.ACCEPTED, lead_id=lead.pk, given=["contact_name", "mobile", "company", "need"],
            network=f"{random.randint(36, 223)}.{random.randint(0, 255)}.{random.randint(0, 255)}.x",
            agent=random.choice(AGENTS), took=random.randint(18, 240), repeats=1 if random.random() < 0.05 else 0,
        )
        for number, lead in zip(new_ids(len(came)), came, strict=True)
    ]  # fmt: skip
    Submission.objects.bulk_create(rows)


def _sent(form: LeadForm, who: str, mobile: str, need: str, number: int) -> None:
    """Somebody fills it in now, as the public does."""
    actor = outside()
    sheet = Sheet(
        form.pk, digest_of(shown(form, actor.stamp)), channel="article", at=int(time.time()) - 40 - number,
        tracked={"utm_source": "wechat", "utm_campaign": "样机日"}, referrer="https://mp.weixin.qq.com/s/demo",
    )  # fmt: skip
    typed = {"contact_name": who, "mobile": mobile, "company": "", "region": "", "need": need}
    receive(actor, form=form.pk, sent=Sent(sheet, typed, agreed=True, address="203.0.113.24", agent=AGENTS[0]))
    land(actor, submission=Submission.objects.filter(form=form).latest("id").pk)
