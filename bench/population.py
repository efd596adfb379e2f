"""Invents customers and their contacts by number: real-shaped names, so that search words are as rare
and common as in life.

Row n is the same in every run and process, but for the day to follow it up by. Writing them is done in `building`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bench.cast import Cast
from genjin.customers.record import CUSTOMER
from genjin.kernel import normal, search_text

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY = datetime.now(UTC)  # around which the days to follow up by lie: the workbench asks what is due
CITIES = [
    "上海",
    "北京",
    "深圳",
    "苏州",
    "广州",
    "杭州",
    "成都",
    "重庆",
    "武汉",
    "南京",
    "天津",
    "宁波",
    "东莞",
    "无锡",
    "佛山",
    "青岛",
    "长沙",
    "郑州",
    "西安",
    "合肥",
    "济南",
    "厦门",
    "福州",
    "大连",
    "沈阳",
    "常州",
    "嘉兴",
    "温州",
    "绍兴",
    "南通",
    "珠海",
    "惠州",
    "中山",
    "昆明",
    "南昌",
    "贵阳",
    "南宁",
    "石家庄",
    "太原",
    "哈尔滨",
]
PLACES = [
    "310000",
    "110000",
    "440300",
    "320500",
    "440100",
    "330100",
    "510100",
    "500000",
    "420100",
    "320100",
    "120000",
    "330200",
    "441900",
    "320200",
    "440600",
    "370200",
    "430100",
    "410100",
    "610100",
    "340100",
    "370100",
    "350200",
    "350100",
    "210200",
    "210100",
    "320400",
    "330400",
    "330300",
    "330600",
    "320600",
    "440400",
    "441300",
    "442000",
    "530100",
    "360100",
    "520100",
    "450100",
    "130100",
    "140100",
    "230100",
]
BRANDS = (
    "华新东南海金天中安恒博瑞泰宏达鑫盛德创联信诚祥隆永福兴旺源通利和丰美康健宝龙凤飞腾云星光明辉亮晨曦晓朝阳春秋冬夏江河湖山川林森"
    "木石玉珠银铜铁钢磊岩峰岭岳昆仑泰衡嵩华凯歌胜捷迅速锐智慧思维启航扬帆乘风破浪卓越超群领先前沿尖端未来希望理想梦幻彩虹霞雪冰霜露雾"
    "澄湛泓沐润泽溪涧潭渊浩瀚汇聚众合同心协力共赢双方圆满意如顺畅达畅远方至尚品格调雅致素朴真善美好佳优良秀"
)
TRADES = [
    "科技",
    "电子",
    "贸易",
    "机械",
    "建筑工程",
    "商贸",
    "信息技术",
    "网络科技",
    "实业",
    "物流",
    "餐饮管理",
    "装饰工程",
    "生物科技",
    "医疗器械",
    "新能源",
    "环保科技",
    "文化传媒",
    "教育咨询",
    "企业管理",
    "广告",
    "服饰",
    "食品",
    "家具",
    "汽车零部件",
    "五金制品",
    "塑胶制品",
    "包装材料",
    "化工",
    "纺织",
    "模具",
    "自动化设备",
    "精密机械",
    "半导体",
    "光电",
    "通信设备",
    "仪器仪表",
    "软件",
    "智能装备",
    "电气",
    "照明",
]
FORMS = ["有限公司"] * 16 + ["股份有限公司", "集团有限公司", "有限责任公司", "分公司"]
LATIN = [
    a + b + c for a, b, c in itertools.product("KTLVSN", ("ai", "or", "en", "ix"), ("tek", "com", "nova", "dyn", "lux"))
]
CHOICES = {
    "kind": ("company", "company", "company", "person", "public", "dealer"),
    "category": ("key", "ordinary", "potential"),
    "level": ("A", "B", "B", "C", "C", "C", ""),
    "lifecycle": ("new", "potential", "potential", "old", "lost"),
    "size": ("s1", "s2", "s2", "s3", "s4", "s5"),
    "source": ("internet", "event", "friend", "referral", "exhibition", "phone", "dealer"),
    "industry": ("C3562", "C3976", "C3982", "C367", "C3525", "I65", "F51", "E47"),
}
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文辉鑫宇浩然子涵雨晨佳怡欣思远博文志强海燕春梅晓东雪琴俊峰"
POSITIONS = ("采购经理", "总经理", "工程师", "财务", "厂长", "采购员", "")
ROLES = ("buyer", "buyer", "decider", "user", "influencer", "")
TAGS = ("重点跟进", "展会线索", "价格敏感", "年度框架", "老客户介绍", "需打样")


@dataclass
class Population:
    """Customers of an organisation; `first_id` is the id of customer 0."""

    cast: Cast
    first_id: int
    total: int

    def rows(self, start: int, end: int) -> Iterator[dict[str, Any]]:
        """Customers of these numbers as {attribute: value}."""
        for number in range(start, end):
            yield self._row(number, Random(number * 7919 + 13))

    def _row(self, number: int, random: Random) -> dict[str, Any]:
        place = min(int(random.expovariate(0.12)), len(CITIES) - 1)
        name = company_name(random, CITIES[place])
        member, department = self.cast.owners[min(int(random.triangular(0, 498, 120)), len(self.cast.owners) - 1)]
        created = NOW - timedelta(days=900 * (1 - number / self.total), minutes=random.randint(0, 600))
        row = {
            "id": self.first_id + number,
            "version": 1,
            "created_at": created,
            "code": f"KH-{number + 1:06d}",
            "name": name,
            "owner_id": member,
            "created_by_id": member,
            "department_id": department,
            "life": 0 if random.random() < 0.94 else random.choice((1, 1, 2)),
            "region": PLACES[place],
            "phone": f"1990{random.randint(0, 9_999_999):07d}",
            "tags": random.sample(TAGS, random.choice((0, 0, 0, 1, 2))),
            "paused": random.random() < 0.03,
            "background": "主要生产精密零部件，现有两条产线，计划扩产。" if random.random() < 0.5 else "",
        }
        row |= {key: random.choice(values) for key, values in CHOICES.items()}
        row["last_effective_at"] = TODAY - timedelta(days=number % 50)
        row["follow_by"] = (TODAY + timedelta(days=number % 50 - 4)).date()
        return row | _contact_dates(random, created) | _derived(row)


def contacts(row: dict[str, Any], total: int) -> Iterator[dict[str, Any]]:
    """The people of a customer: one, and two of every fourth. Contact k of customer i has id i + (k + 1) * total."""
    random = Random(row["id"] * 104_729 + 7)
    for k in range(2 if row["id"] % 4 == 0 else 1):
        yield _contact(row, row["id"] + (k + 1) * total, random, primary=k == 0)


def _contact(row: dict[str, Any], contact_id: int, random: Random, *, primary: bool) -> dict[str, Any]:
    name = random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))
    phone, code = f"13{random.randint(0, 999_999_999):09d}", f"LX-{contact_id:08d}"
    told = {"names": [name], "phones": [phone], "codes": [code]}
    return {
        "id": contact_id,
        "version": 1,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "code": code,
        "owner_id": row["owner_id"],
        "department_id": row["department_id"],
        "created_by_id": row["owner_id"],
        "customer_id": row["id"],
        "name": name,
        "pinyin": search_text.pinyin_sort_key(name),
        "position": random.choice(POSITIONS),
        "decision_role": random.choice(ROLES),
        "phone": phone,
        "primary": primary,
        "search": search_text.as_tsvector(search_text.index_tokens(**told)),
        "search_key": search_text.search_key(**told),
    }


def company_name(random: Random, city: str) -> str:
    """城市 + 字号 + 行业 + 组织形式; some with a Latin brand."""
    size = random.choices((2, 3, 4), (70, 20, 10))[0]
    brand = "".join(BRANDS[min(int(random.expovariate(0.02)), len(BRANDS) - 1)] for _n in range(size))
    if random.random() < 0.04:
        brand = random.choice(LATIN).capitalize() + brand[:1]
    trade = TRADES[min(int(random.expovariate(0.13)), len(TRADES) - 1)]
    return f"{city}{'市' if random.random() < 0.3 else ''}{brand}{trade}{random.choice(FORMS)}"


def _contact_dates(random: Random, created: datetime) -> dict[str, Any]:
    if random.random() < 0.45:
        return {"updated_at": created}
    last = NOW - timedelta(minutes=int(random.expovariate(1 / 90_000)))
    last = max(last, created)
    planned = NOW + timedelta(minutes=random.randint(-20_000, 40_000)) if random.random() < 0.55 else None
    return {"updated_at": last, "last_followed_at": last, "next_contact_at": planned}


def _derived(row: dict[str, Any]) -> dict[str, Any]:
    """What the product itself derives and makes searchable, with its own functions."""
    names, phones, codes = [row["name"]], [row["phone"]], [row["code"]]
    assert CUSTOMER.searched.names[0] == "name"
    return {
        "pinyin": search_text.pinyin_sort_key(row["name"])[:400],
        "name_key": normal.company_key(row["name"])[:200],
        "fuzzy_key": normal.company_fuzzy_key(row["name"])[:200],
        "search": search_text.as_tsvector(search_text.index_tokens(names=names, phones=phones, codes=codes)),
        "search_key": search_text.search_key(names=names, phones=phones, codes=codes),
    }
