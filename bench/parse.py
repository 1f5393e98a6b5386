"""Random lines through the router: none may raise, and each must be read in time."""

import random
from time import thread_time

from bench.report import line, percentile
from bench.school import NOW
from commands.chat.messages import Chat, Incoming
from commands.chat.requests import Registry
from commands.conversation.router import understand
from commands.families import FAMILIES
from commands.grammar.folding import MAX_TEXT
from commands.grammar.lexicon import build
from db import plans
from db.people import ROLES, Person

LINES = 100_000
P99_GOAL = 0.001
SCRAPS = (
    *(
        "报线索",
        "得分",
        "通过",
        "转发12",
        "报新闻",
        "退回",
        "为什么",
        "张某",
        "机电",
        "初三",
        "中职",
    ),
    *("#12", "１３８００１３８０００", "138 0013 8000", "幺三八零零零幺零零零二", "七千", "1.2万"),
    *("https://v.douyin.com/iDef456/", "【作品】", "4月5日", "2月30日", "／", "@宣传助手"),
    *("，", "。", "\u3000", "\u200b", "\u202e", "🎉", "①", "\n", " "),
)


def run(*, quick: bool = False) -> None:
    """Print crashes and the p99 of reading a line said in a private chat."""
    draw = random.Random(20240330)
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    who = Person(id=1, staff_no="T1", name="张三", unit="it", roles=frozenset(ROLES))
    lexicon = build(plan, [who])
    words = Registry(FAMILIES).words
    seconds: list[float] = []
    crashes = 0
    for number in range(LINES // (10 if quick else 1)):
        text = _line(draw)
        incoming = Incoming(
            update=str(number),
            chat=Chat(platform="local", id="u"),
            author="u",
            sent_at=NOW,
            received_at=NOW,
            text=text,
        )
        started = thread_time()  # what else the machine does meanwhile is not ours
        try:
            understand(incoming, lexicon, who, words=words, bot_names=("宣传助手",), year=2024)
        except Exception:
            crashes += 1
        seconds.append(thread_time() - started)
    p99 = percentile(seconds, 0.99)
    line("parse", "crashes", crashes, "lines", goal="0", ok=crashes == 0)
    line("parse", "p99", p99 * 1000, "ms", goal="≤ 1 ms", ok=p99 <= P99_GOAL)


def _line(draw: random.Random) -> str:
    parts = [
        draw.choice(SCRAPS) if draw.random() < 0.7 else chr(draw.randint(32, 0x9FFF))
        for _ in range(draw.randint(1, 40))
    ]
    return "".join(parts)[:MAX_TEXT]
