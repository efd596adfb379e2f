"""Invented names and numbers: brands, people, phones that belong to nobody. Drawn without repeats."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from stdnum.cn import uscc

BRAND_FIRST = "岚霁昀珩砚澜岫屿棠翎骁珺煜泓湛漾瑾璟皓篁翊臻芮莘菡蕴铎隽霖鹭"
BRAND_LAST = "川远拓晟泽舟澍曜原峤岳汀陌禾笙穆谷崧科创"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方白邹熊孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN_MEN = (
    "建国",
    "志强",
    "文博",
    "晓东",
    "海涛",
    "国栋",
    "俊杰",
    "宏伟",
    "永刚",
    "立新",
    "子轩",
    "浩然",
    "明远",
    "正阳",
    "家豪",
    "天佑",
    "振宇",
    "嘉树",
    "景明",
    "云帆",
)
GIVEN_WOMEN = (
    "晓燕",
    "丽华",
    "雅琴",
    "思敏",
    "婉清",
    "佳怡",
    "雪梅",
    "欣然",
    "静怡",
    "慧敏",
    "若彤",
    "诗涵",
    "秋月",
    "美玲",
    "春霞",
    "语嫣",
    "可心",
    "梦洁",
    "玉珍",
    "明慧",
)
GIVEN_ONE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林芳娜敏静丽娟霞秀玲桂英莉燕红倩颖雪婷"


class Names:
    """A supply of names and numbers, each given once."""

    def __init__(self, random: Random) -> None:
        self.random = random
        pairs = ["".join(pair) for pair in product(BRAND_FIRST, BRAND_LAST)]
        random.shuffle(pairs)
        self._brands = _again_and_again(pairs)
        mobiles = list(range(9000))
        random.shuffle(mobiles)
        self._mobiles = iter(mobiles)
        lines = list(range(10000))
        random.shuffle(lines)
        self._lines = iter(lines)
        self._codes = iter(range(1, 100_000))

    def brand(self) -> str:
        """Two characters; comes back after all others were used."""
        return next(self._brands)

    def person(self) -> tuple[str, str]:
        """(name, gender)."""
        surname = self.random.choice(SURNAMES)
        if self.random.random() < 0.3:
            return surname + self.random.choice(GIVEN_ONE), self.random.choice("mf")
        gender = "f" if self.random.random() < 0.36 else "m"
        return surname + self.random.choice(GIVEN_WOMEN if gender == "f" else GIVEN_MEN), gender

    def mobile(self) -> str:
        """199 0000 0000 to 199 0000 8999: nobody's."""
        return f"1990000{next(self._mobiles):04d}"

    def line(self, area: str) -> str:
        """A number at an exchange of nothing but fives and noughts."""
        return f"{area}-{'5550' if len(area) > 3 else '5500'}{next(self._lines):04d}"

    def credit_code(self) -> str:
        """A code with a right check character at an authority that does not exist (000000)."""
        body = f"91000000MA{next(self._codes):07d}"
        return body + str(uscc.calc_check_digit(body))


def _again_and_again(pieces: list[str]) -> Iterator[str]:
    while True:
        yield from pieces
