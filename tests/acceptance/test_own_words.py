"""Sentences in the manner of nine kinds of staff, most of them no command: each is said to a school
in its third week, read for what the answer has to hold, and leaves nothing behind.

The files of own_words/ hold at least 150 sentences a role. A quarter of them are said on every run,
all in `make soak`.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from commands.chat.messages import Incoming, Reply
from commands.dispatch import respond, route
from db.engine.database import Database
from scoring.errors import UserError
from tests.worlds.school import School, close_school, open_school

FOLDER = Path(__file__).parent / "own_words"
ROLES = ("teacher", "adviser", "officer", "head", "media", "assessor", "desk", "dean", "admin")
UNDERSTOOD = 0.95

DONE = re.compile(
    r"已收 ?#|条收.条|，#\d+ \S*已记|人已记|已登记|已撤回|已豁免 #"
    r"|线索已认定|已核实：|》 通过|PPT 已通过|退回：|判为偏题|已授权|已关联|不主动发|已抹除|正发往"
)
"""What an answer says that has written something."""

OFFERED = re.compile(r"是不是这一句|要通过 #|您做了哪样")


class _Unsaid(Exception):
    """Raised when an answer is known, so that its transaction leaves nothing."""


@pytest_asyncio.fixture
async def third_week(sqlite_database: Database) -> AsyncIterator[School]:
    school = await open_school(
        sqlite_database, start="03-18 08:50", students=None, roster=FOLDER / "roster.csv"
    )
    for line in (FOLDER / "school.txt").read_text("utf-8").splitlines():
        day, clock, who, chat, text = line.split(" ", 4)
        group = "" if chat == "-" else chat
        if pressed := re.fullmatch(r"\[(.+)\]", text):
            await school.presses(who, pressed[1], group=group, at=f"{day} {clock}")
        else:
            await school.says(who, text, group=group, at=f"{day} {clock}")
    await school.at("04-03 10:00")
    yield school
    close_school(school)


async def answer(school: School, who: str, text: str) -> str:
    """What somebody would be told, with the labels of the buttons; nothing of it stays."""
    app, now = school.app, school.clock.now()
    incoming = Incoming(
        update=text, message=text, chat=school._chat(who, ""), author=who, text=text,
        sent_at=now, received_at=now,
    )  # fmt: skip
    told: list[Reply | None] = []

    def say(tx: Any) -> None:
        world = tx.cached("world", app.gateway.inside.load)
        way = route(incoming, world)
        try:
            told.append(None if way.silent else respond(way, incoming, tx, world))
        except UserError as refusal:
            told.append(Reply(text=str(refusal)))
        raise _Unsaid

    with pytest.raises(_Unsaid):
        await app.write(say)
    reply = replace(told[0]) if told[0] else Reply(text="")
    labels = "|".join(button.label for row in reply.buttons for button in row)
    return f"{reply.text}\n{{{labels}}}"


def sentences(role: str) -> Iterator[tuple[str, str, str]]:
    """(account, what the answer has to hold, sentence)."""
    who = wanted = ""
    for line in (FOLDER / f"{role}.txt").read_text("utf-8").splitlines():
        if line.startswith("@ "):
            who = line[2:]
        elif line.startswith("= "):
            wanted = line[2:]
        elif line and not line.startswith("#"):
            yield who, wanted, line


async def said(school: School, *, every: int) -> tuple[int, list[str]]:
    """How many sentences were said, and those that were not understood."""
    total, missed = 0, list[str]()
    for role in ROLES:
        for who, wanted, text in list(sentences(role))[::every]:
            total += 1
            told = await answer(school, who, text)
            if not re.search(wanted, told.replace("\n", " ¦ ")):
                missed.append(f"{who} {text} < {told}")
    return total, missed


def test_each_role_has_its_sentences() -> None:
    for role in ROLES:
        assert len(set(sentences(role))) >= 150, role


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
async def test_what_people_say_is_understood(third_week: School, every: int) -> None:
    total, missed = await said(third_week, every=every)
    assert len(missed) <= total * (1 - UNDERSTOOD), "\n".join(missed)


SAID = {
    "zhao": ("通过#20", "通过 20", "退回 20", "判偏题20", "同意20", "结任务13"),
    "chen": ("交接", "撤回20", "撤回 #20", "报视频 标题"),
    "sun": ("认定27", "认定 27", "撤销3", "无效31", "抹除 13800010021"),
    "wu": ("通过23", "豁免 机电 第15周", "处理18"),
    "liu": ("转发", "撤回38", "报线索 张三 13912340001", "点赞"),
    "zw1": ("开班会", "报班级转发"),
    "he": ("催办", "授权 田甜 考核组"),
    "li": ("通过 #16", "同意"),
}
BEFORE = ("别", "不要", "先别", "千万别", "我没", "他说", "领导说要", "等会儿再", "如果没问题就")
BEHIND = ("吗", "了吗？", "了没有", "怎么弄", "行不行", "是什么意思")


async def test_what_is_denied_asked_told_or_put_off_does_nothing(third_week: School) -> None:
    for who, lines in SAID.items():
        for line in lines:
            for text in (*(f"{word}{line}" for word in BEFORE), *(f"{line}{w}" for w in BEHIND)):
                told = await answer(third_week, who, text)
                assert not DONE.search(told), f"{who} {text} < {told}"
            for word in BEFORE:
                told = await answer(third_week, who, f"{word}{line}")
                assert not OFFERED.search(told), f"{who} {word}{line} < {told}"
