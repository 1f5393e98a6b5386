"""Names as they are compared, however a person or a sheet writes them."""

import re
from unicodedata import normalize

LONGEST = 60
"""Characters of the longest name."""

_ORDINARY = re.compile("[\u4e00-\u9fff]{0,20}")
_DOTS = dict.fromkeys(map(ord, "·•・･‧∙⋅．.●*"))
_RADICALS = dict(
    zip(
        map(
            ord,
            "⺍⺒⺓⺜⺝⺟⺠⺧⺩⺬⺮⺶⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻭⻮⻯⻰⻳",
        ),
        "小巳幺日月母民牛王示竹羊虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐歯齿竜龙龟",
        strict=True,
    )
)
"""What input methods and old files write for a character, and Unicode holds for another one."""


def plain(name: str) -> str:
    """A name as compared: without spaces, dots, width or case, 马 also where ⻢ is written; "" for
    what is too long to be one."""
    if _ORDINARY.fullmatch(name):
        return name
    if len(name) > LONGEST:
        return ""
    same = normalize("NFKC", name).casefold().translate(_DOTS).translate(_RADICALS)
    return "".join(same.split())
