"""Chinese companies made from real shapes, each with writings of the same company and with others that only look so.

The same in every run (SEED). Families are split beforehand: rules may be tuned on TUNED only; HELD_OUT is looked at
once the rules stand. Committed before the rules it judges; nothing of the product is used to make it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any


def _words(text: str) -> list[str]:
    return text.split()


SEED = 20261122
COMPANIES = 1_500

PLACES = _words(
    "上海 北京 天津 重庆 苏州 无锡 常州 南京 南通 杭州 宁波 温州 绍兴 嘉兴 合肥 芜湖 福州 "
    "厦门 泉州 济南 青岛 烟台 潍坊 郑州 洛阳 武汉 襄阳 长沙 株洲 广州 深圳 佛山 东莞 中山 "
    "珠海 南宁 柳州 海口 成都 绵阳 贵阳 昆明 西安 宝鸡 兰州 银川 西宁 太原 大同 沈阳 大连 "
    "长春 哈尔滨 石家庄 唐山 保定 南昌 赣州 徐州 扬州 镇江 "
)
PROVINCES = {
    "江苏": "苏州 无锡 常州 南京 南通 徐州 扬州 镇江",
    "浙江": "杭州 宁波 温州 绍兴 嘉兴",
    "安徽": "合肥 芜湖",
    "福建": "福州 厦门 泉州",
    "山东": "济南 青岛 烟台 潍坊",
    "河南": "郑州 洛阳",
    "湖北": "武汉 襄阳",
    "湖南": "长沙 株洲",
    "广东": "广州 深圳 佛山 东莞 中山 珠海",
    "四川": "成都 绵阳",
    "陕西": "西安 宝鸡",
    "河北": "石家庄 唐山 保定",
    "江西": "南昌 赣州",
}
BRAND_CHARS = (
    "恒泰瑞祥盛鑫达远明华宏兴德信诚嘉联创新锐博凯捷飞鹏腾龙凤翔鸿图展业正和顺安康健源丰润泽泉海江河川岳峰岭松柏竹梅兰菊云霞雪霖"
    "晨曦旭阳曜辰星月皓洁雅韵致敬尚品优佳美乐怡欣悦欢喜福禄寿禧金银铜铁锡钰珏琪瑶璞玉珠贝宝石砺岫蓝青碧翠绿橙紫白墨朗亮光辉煌"
    "天地人合众志成城中原九州四方万里长征宇宙环球通途卓越超群领先启航扬帆起舞奔驰骏马麒麟雁鹤鹿犀象鲸"
)
TRADES = _words(
    "科技 电子科技 信息技术 网络科技 智能科技 新能源科技 新材料科技 生物科技 环保科技 软件 贸易 "
    "国际贸易 商贸 进出口贸易 实业 投资 投资管理 物流 国际物流 供应链管理 建设工程 建筑工程 "
    "建筑装饰工程 装饰工程 机械设备 机械制造 精密机械 自动化设备 电气设备 电子 电器 仪器仪表 "
    "医疗器械 医药 食品 食品贸易 餐饮管理 农业发展 农业科技 纺织品 服饰 服装 家具 家居用品 化工 "
    "化工材料 塑料制品 包装材料 印务 文化传媒 广告传媒 教育咨询 企业管理咨询 人力资源 房地产开发 "
    "物业管理 汽车销售服务 汽车零部件 五金制品 钢结构 环境工程 水务 光电 半导体 通信技术 能源 "
    "新能源 "
)
LEGAL = ("有限公司",) * 12 + ("有限责任公司",) * 2 + ("股份有限公司",) * 2
NUMBERS = "一二三四五六七八九"
WORKS = ("分厂", "中学", "人民医院", "小学", "建筑工程公司")
# People pick the wrong one of these because they look alike.
LOOKS = _words(
    "砺砾 岫岬 恒桓 瑞端 明朋 旭旮 宏宠 鸿鸪 凯剀 博搏 盛晟 泽译 丰丯 嘉喜 曜耀 辰晨 "
    "钰珏 璞噗 骏峻 鑫森 未末 千干 天夭 玉王 贝见 治冶 析折"
)


@dataclass(frozen=True)
class Company:
    """The parts of a name: 苏州 · 远岫 · 新能源科技 · 有限公司."""

    place: str
    brand: str
    trade: str
    legal: str = "有限公司"
    number: str = ""
    """What tells it from its sisters: 第一, 二."""
    branch: str = ""

    @property
    def name(self) -> str:
        """As it is registered."""
        return f"{self.place}{self.brand}{self.number}{self.trade}{self.legal}{self.branch}"


@dataclass(frozen=True)
class Pair:
    """Two writings; whether one company is meant by both; of which family the second is."""

    one: str
    other: str
    same: bool
    family: str


Variant = Callable[[random.Random, Company], str | None]


def _width(chance: random.Random, company: Company) -> str:
    wide = company.name.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    place = chance.randrange(2, len(wide))
    return chance.choice((f" {wide[:place]}  {wide[place:]}", f"{wide}　", f"{wide[:place]}·{wide[place:]}"))


def _suffix(chance: random.Random, company: Company) -> str:
    others = [form for form in ("有限公司", "有限责任公司", "股份有限公司", "公司", "") if form != company.legal]
    return replace(company, legal=chance.choice(others)).name


def _without_place(_chance: random.Random, company: Company) -> str | None:
    return replace(company, place="").name if company.place and not company.number else None


def _long_place(chance: random.Random, company: Company) -> str | None:
    province = next((p for p, cities in PROVINCES.items() if company.place in cities.split()), "")
    forms = [company.place + "市"] + [p + company.place + "市" for p in (province, province + "省") if province]
    return replace(company, place=chance.choice(forms)).name if company.place in PLACES else None


def _bracket_place(chance: random.Random, company: Company) -> str | None:
    if not company.place or company.number:
        return None
    opening, closing = chance.choice(("（）", "()", "【】", "〔〕"))
    inside = f"{opening}{company.place}{closing}"
    return chance.choice(
        (
            f"{company.brand}{inside}{company.trade}{company.legal}",
            f"{company.brand}{company.trade}{inside}{company.legal}",
        )
    )


def _sound(chance: random.Random, company: Company) -> str | None:
    return _other_character(chance, company, lambda char: [c for c in _by_sound()[_said(char)] if c != char])


def _near_sound(chance: random.Random, company: Company) -> str | None:
    return _other_character(
        chance,
        company,
        lambda char: [c for c in _by_southern()[_southern(_said(char))] if _said(c) != _said(char)],
    )


def _looks(chance: random.Random, company: Company) -> str | None:
    def alike(char: str) -> list[str]:
        return [c for pair in LOOKS if char in pair for c in pair if c != char]

    return _other_character(chance, company, alike)


def _other_character(chance: random.Random, company: Company, others: Callable[[str], list[str]]) -> str | None:
    """One character of the brand written as another one."""
    places = [(place, found) for place, char in enumerate(company.brand) if (found := others(char))]
    if not places or company.number:
        return None
    place, found = chance.choice(places)
    brand = company.brand[:place] + chance.choice(sorted(found)) + company.brand[place + 1 :]
    return replace(company, brand=brand).name


def _abbreviated(_chance: random.Random, company: Company) -> str | None:
    short = company.brand + company.trade[: max(2, len(company.trade) // 2)]
    return short if len(short) >= 4 and len(company.trade) >= 3 and not (company.number or company.branch) else None


def _dropped(chance: random.Random, company: Company) -> str | None:
    if len(company.trade) < 4 or company.number:
        return None
    place = chance.randrange(len(company.trade))
    return replace(company, trade=company.trade[:place] + company.trade[place + 1 :]).name


def _mistyped_trade(chance: random.Random, company: Company) -> str | None:
    if len(company.trade) < 4 or company.number:
        return None
    place = chance.randrange(len(company.trade))
    char = company.trade[place]
    others = [c for c in _by_sound()[_said(char)] if c != char]
    if not others:
        return None
    other = chance.choice(others)
    return replace(company, trade=company.trade[:place] + other + company.trade[place + 1 :]).name


def _swapped(chance: random.Random, company: Company) -> str | None:
    if len(company.trade) < 4 or company.number:
        return None
    place = chance.randrange(len(company.trade) - 1)
    trade = company.trade
    if trade[place] == trade[place + 1]:
        return None
    return replace(company, trade=trade[:place] + trade[place + 1] + trade[place] + trade[place + 2 :]).name


def _traditional(_chance: random.Random, company: Company) -> str | None:
    name = _converter().convert(company.name)
    return name if name != company.name else None


def _combined(chance: random.Random, company: Company) -> str | None:
    made = replace(company, legal=chance.choice(("", "公司", "有限责任公司")))
    if not made.number and chance.random() < 0.6:
        made = replace(made, place="")
    name = _converter().convert(made.name) if chance.random() < 0.5 else made.name
    return f" {name} " if name != company.name else None


def _other_place(chance: random.Random, company: Company) -> str | None:
    if company.place not in PLACES:
        return None
    return replace(company, place=chance.choice([p for p in PLACES if p != company.place])).name


def _other_number(chance: random.Random, company: Company) -> str | None:
    if not company.number:
        return None
    others = [n for n in NUMBERS if n not in company.number]
    return replace(company, number=re.sub(f"[{NUMBERS}]", chance.choice(others), company.number)).name


def _other_trade(chance: random.Random, company: Company) -> str | None:
    if company.number:
        return None
    others = [t for t in TRADES if not set(t) & set(company.trade)]
    return replace(company, trade=chance.choice(others)).name


def _other_brand(chance: random.Random, company: Company) -> str | None:
    """One character of the brand is another one, that neither sounds nor looks like it."""
    if company.number:
        return None
    place = chance.randrange(len(company.brand))
    char = company.brand[place]
    others = [
        c
        for c in BRAND_CHARS
        if _southern(_said(c)) != _southern(_said(char)) and not any(c in p and char in p for p in LOOKS)
    ]
    return replace(company, brand=company.brand[:place] + chance.choice(others) + company.brand[place + 1 :]).name


def _other_branch(chance: random.Random, company: Company) -> str | None:
    """Sister branches. The first of the pair is a branch as well."""
    return replace(company, branch=f"{chance.choice(PLACES)}分公司").name if company.branch else None


def _group_member(_chance: random.Random, company: Company) -> str | None:
    return f"{company.brand}集团有限公司" if not company.number and not company.branch else None


SAME: dict[str, Variant] = {
    "width": _width,
    "suffix": _suffix,
    "without place": _without_place,
    "same sound": _sound,
    "looks alike": _looks,
    "abbreviated": _abbreviated,
    "character dropped": _dropped,
    "traditional": _traditional,
    "place in brackets": _bracket_place,
    "long place": _long_place,
    "near sound": _near_sound,
    "trade mistyped": _mistyped_trade,
    "characters swapped": _swapped,
    "combined": _combined,
}
OTHERS: dict[str, Variant] = {
    "other place": _other_place,
    "other number": _other_number,
    "other trade": _other_trade,
    "other brand": _other_brand,
    "other branch": _other_branch,
    "group member": _group_member,
}
TUNED = frozenset(
    (
        *("width", "suffix", "without place", "same sound", "looks alike", "abbreviated", "character dropped"),
        *("other place", "other number", "other trade"),
    )
)
HELD_OUT = frozenset((*SAME, *OTHERS)) - TUNED


def companies(count: int = COMPANIES) -> list[Company]:
    """So many companies, no two with one brand and trade."""
    chance, seen, made = random.Random(SEED), set[tuple[str, str, str]](), list[Company]()
    while len(made) < count:
        company = _company(chance)
        key = (company.brand, company.trade, company.number)
        if key not in seen:
            seen.add(key)
            made.append(company)
    return made


def pairs(families: frozenset[str]) -> Iterator[Pair]:
    """A pair of every company and family that fits it."""
    for place, company in enumerate(companies()):
        for same, variants in ((True, SAME), (False, OTHERS)):
            for family, variant in variants.items():
                if family not in families:
                    continue
                other = variant(random.Random(f"{SEED} {place} {family}"), company)
                if other is not None and other != company.name:
                    yield Pair(company.name, other, same, family)


def _company(chance: random.Random) -> Company:
    place = chance.choice(PLACES) if chance.random() < 0.85 else chance.choice(list(PROVINCES))
    kind = chance.random()
    if kind < 0.1:
        number = f"第{chance.choice(NUMBERS)}"
        return Company(place, chance.choice(("市", "")), chance.choice(WORKS), "", number=number)
    brand = "".join(chance.sample(BRAND_CHARS, 2 if chance.random() < 0.7 else 3))
    trade = chance.choice(TRADES)
    if kind < 0.16:
        return Company(place, brand, trade, branch=f"{chance.choice(PLACES)}分公司")
    return Company(place, brand, trade, chance.choice(LEGAL))


@cache
def _common() -> tuple[str, ...]:
    """The 3,755 characters of daily use (GB 2312, first level)."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(char for code in rows if (char := code.decode("gb2312", "ignore")))


@cache
def _by_sound() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in _common():
        found[_said(char)].append(char)
    return found


@cache
def _by_southern() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in _common():
        found[_southern(_said(char))].append(char)
    return found


@cache
def _said(char: str) -> str:
    import pypinyin

    return pypinyin.lazy_pinyin(char)[0]


@cache
def _southern(said: str) -> str:
    """How a syllable is said where zh and z, ing and in are not told apart."""
    return re.sub(r"ng$", "n", re.sub(r"^([zcs])h", r"\1", said))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")
