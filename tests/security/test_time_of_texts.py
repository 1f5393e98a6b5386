"""However a text is made, reading it takes time in proportion to its length, and not much."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import thread_time

import pytest

from commands.chat.messages import Chat, Incoming
from commands.conversation.world import World
from commands.dispatch import route
from commands.ear.listening import MOST as LONGEST
from commands.ear.listening import listen
from commands.ear.wishes import vocabulary
from commands.grammar.folding import MAX_TEXT, spoken
from commands.grammar.line import Setting
from tests.security.hostile import BEGINNINGS, PIECES
from tests.worlds.school import School

PLAIN = ("今天天气不错我们去操场上走一走看看花" * MAX_TEXT)[:MAX_TEXT]
GROWTH, MOST = 2.5, 30.0
"""Twenty times a plain line is the goal; a busy machine measures up to half more."""

PART = MAX_TEXT // 4
"""Length of the first look, over all: what grows faster than its length is slow there already."""

ROUNDS, PASSES = 4, 3
"""A slow reading is repeated, at once and later: other work on the machine must not look like
ours."""


@contextmanager
def _no_sweeps() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _world(school: School) -> World:
    found: World = school.app.db.peek("world", school.app.gateway.inside.load)
    return found


def _reading(world: World, text: str, *, group: bool = False, best_of: int = 5) -> float:
    event = Incoming(
        update="1",
        chat=Chat(platform="local", id="staff" if group else "u-jing", group=group),
        author="u-jing",
        sent_at=1_712_000_000,
        received_at=1_712_000_000,
        text=text,
    )
    best = 9.0
    for _ in range(best_of):
        began = thread_time()
        route(event, world)
        best = min(best, thread_time() - began)
    return best


def _slow(world: World, beginnings: Iterable[str], *, group: bool = False) -> list[str]:
    """What is slow however often it is looked at: a busy moment of the machine passes."""
    plain = _reading(world, PLAIN[:PART])
    suspects = [
        (beginning, piece)
        for beginning in beginnings
        for piece in PIECES
        if _reading(world, _filled(beginning, piece)[:PART], group=group, best_of=1) > 2 * plain
    ]
    found: dict[tuple[str, str], str] = {}
    for _ in range(PASSES):
        found = {pair: slow for pair in suspects if (slow := _too_slow(world, pair, group=group))}
        suspects = list(found)
    return list(found.values())


def _filled(beginning: str, piece: str) -> str:
    return (beginning + piece * MAX_TEXT)[:MAX_TEXT]


def _too_slow(world: World, pair: tuple[str, str], *, group: bool) -> str:
    """Why, or nothing once one round of measuring is quiet."""
    text = _filled(*pair)
    for best_of in (1, *[5] * ROUNDS):
        plain = _reading(world, PLAIN, best_of=best_of)
        whole = _reading(world, text, group=group, best_of=best_of)
        half = _reading(world, text[: MAX_TEXT // 2], group=group, best_of=best_of)
        if whole <= GROWTH * half and whole <= MOST * plain:
            return ""
    return f"{pair}: {whole * 1000:.1f} ms, x{whole / half:.1f}, x{whole / plain:.0f} a plain line"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("group", [False, True])
async def test_twice_the_text_takes_twice_the_time(school: School, group: bool) -> None:
    with _no_sweeps():
        assert _slow(_world(school), BEGINNINGS, group=group) == []


@pytest.mark.parametrize(
    "piece",
    ["删", "号码", "扣", "学生", "别", "得了", "嗯", "1 ", "天气", "de ", "ā", "報", "，", "#1"],
)
async def test_what_is_no_command_is_listened_to_in_time(school: School, piece: str) -> None:
    world = _world(school)
    lexicon = next(iter(world.lexicon.values()))
    setting, known = Setting(lexicon, 2024, 1_712_000_000), vocabulary(("得分",))
    longest = [(piece * length)[:length] for length in (LONGEST, MAX_TEXT)]
    with _no_sweeps():
        for text in longest:
            listen(spoken(text), setting, known, frozenset())
            began = thread_time()
            listen(spoken(text), setting, known, frozenset())
            assert thread_time() - began < 0.02


async def test_a_text_that_once_held_everybody_is_answered_at_once(school: School) -> None:
    await school.at("04-02 10:00")
    text = "豁免 " + 1_995 * "4月"
    for account, group in (
        ("u-jing", ""),
        ("nobody", ""),
        ("nobody", "unlinked"),
        ("nobody", "staff"),
    ):
        began = thread_time()
        await school.says(account, text, group=group)
        assert thread_time() - began < 0.1


async def test_an_unlinked_group_is_not_read(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("commands.conversation.router.read_folded", never)
    for text in ("报线索 张某 13800010001", "@宣传助手 报线索 张某", "/豁免 4月", "得分", PLAIN):
        await school.says("u-liu", text, group="unlinked")
        await school.says("nobody", text, group="unlinked")
    for text in ("报线索 张某 13800010001 初三", "豁免 4月4月", "为什么 机电", PLAIN):
        await school.says("nobody", text)
        await school.says("nobody", text, group="staff")
    assert "绑定" in school.last("nobody")
