"""Lines by the thousand through the words, the plan and the roster as they are shipped."""

import random
from statistics import median
from time import thread_time

import pytest

from commands.chat.messages import Chat, Incoming
from commands.chat.requests import Registry
from commands.conversation.router import understand
from commands.families import FAMILIES
from commands.grammar.folding import clean, fold
from commands.grammar.lexicon import Lexicon, build
from db import plans
from db.people import ROLES, Person

WORDS = Registry(FAMILIES).words
PASSES = 4
P99 = 0.001
SCRAPS = (
    *sorted(WORDS),
    *("张某", "机电", "初三", "中职", "第14周", "缺席", "成立", "小修", "初三想学幼师"),
    *("#12", "１３８００１３８０００", "138 0013 8000", "幺三八零零零幺零零零二", "七千", "1.2万"),
    *(
        "https://v.douyin.com/iDef456/",
        "【作品】",
        "4月5日",
        "2月30日",
        "／",
        "@宣传助手",
        "复制打开抖音",
    ),
    *(
        "，",
        "。",
        "\u3000",
        "\u2005",
        "\u200b",
        "\u202e",
        "\u2066",
        "🎉",
        "①",
        "\n",
        " ",
        "=",
        "0",
        "-",
    ),
)


def line(draw: random.Random) -> str:
    parts = (
        draw.choice(SCRAPS) if draw.random() < 0.6 else chr(draw.randint(32, 0xD7FF))
        for _ in range(draw.randint(1, 24))
    )
    return "".join(parts)


def school() -> tuple[Lexicon, Person]:
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    who = Person(id=1, staff_no="T1", name="张某", unit="it", roles=frozenset(ROLES))
    return build(plan, [who]), who


@pytest.mark.parametrize("lines", [20_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_no_line_raises_and_nothing_unaddressed_is_booked_and_all_are_read_in_time(
    lines: int,
) -> None:
    lexicon, who = school()
    draw = random.Random(20240330)
    worst: list[float] = []
    for turn in range(PASSES):
        seconds: list[float] = []
        group = turn % 2 == 0
        for number in range(lines // PASSES):
            text = line(draw)
            incoming = Incoming(
                update=str(number),
                chat=Chat(platform="local", id="x", group=group),
                author="u",
                sent_at=1_712_023_200,
                received_at=1_712_023_200,
                text=text,
            )
            begun = thread_time()
            meaning = understand(
                incoming, lexicon, who, words=WORDS, bot_names=("宣传助手",), year=2024
            )
            seconds.append(thread_time() - begun)
            copy = fold(clean(text)).lstrip()
            if group and not meaning.silent and not copy.startswith("/") and "@" not in copy:
                # It was said in full, as a command: complete, and by the command's own word.
                assert meaning.complete, text
                assert meaning.command is not None
                assert not meaning.command.never_bare, text
                spoken = {fold(word) for word in (*meaning.command.words, meaning.command.name)}
                assert any(copy.startswith(word) for word in spoken), text
        worst.append(sorted(seconds)[int(len(seconds) * 0.99)])
    assert median(worst) <= P99, worst
