"""The process that reads files is ended by its limits, and nothing else notices."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import pytest

from bot.services import limited as limits
from bot.services.limited import Closed, Limited, Unfinished
from scoring.errors import UserError
from tests.security import cruel

POSIX = sys.platform != "win32"


@pytest.fixture
def limited() -> Iterator[Limited]:
    found = Limited()
    yield found
    found.close()


@pytest.fixture
def hasty(limited: Limited, monkeypatch: pytest.MonkeyPatch) -> Limited:
    """With less time, for what never ends."""
    monkeypatch.setattr(limits, "WALL", 2.0)
    return limited


def refusal(limited: Limited, function: Any) -> str:
    began = perf_counter()
    with pytest.raises(Unfinished) as caught:
        limited.call(function)
    assert perf_counter() - began < 12
    return str(caught.value)


def test_a_function_gets_its_arguments_and_gives_its_value(limited: Limited) -> None:
    assert limited.call(cruel.same, "张伟", b"\0".hex(), 1) == ["张伟", "00", 1]


def test_its_own_refusal_comes_back_as_it_is(limited: Limited) -> None:
    with pytest.raises(UserError, match="请重发"):
        limited.call(cruel.refuses, "请重发")


@pytest.mark.parametrize("function", [cruel.spins, cruel.sleeps])
def test_what_does_not_end_is_ended(hasty: Limited, function: Any) -> None:
    assert "秒还没读完" in refusal(hasty, function)


@pytest.mark.skipif(not POSIX, reason="Windows limits time and size alone")
@pytest.mark.parametrize("function", [cruel.grows, cruel.grows_slowly])
def test_what_wants_too_much_memory_does_not_get_it(limited: Limited, function: Any) -> None:
    assert "展开后太大" in refusal(limited, function)


@pytest.mark.parametrize(
    "function",
    [
        cruel.breaks,
        cruel.dies,
        cruel.crashes,
        cruel.recurses,
        cruel.says_what_json_cannot,
        cruel.says_too_much,
    ],
)
def test_what_breaks_is_told_and_its_text_is_not_logged(
    limited: Limited, function: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert "打不开" in refusal(limited, function)
    assert "13800010001" not in "".join(str(vars(record)) for record in caplog.records)


def test_a_library_that_prints_does_not_break_the_answer(limited: Limited) -> None:
    assert limited.call(cruel.prints) == "said"


def test_a_process_is_kept_for_the_next_file_but_not_after_a_hostile_one(
    hasty: Limited,
) -> None:
    first = hasty.call(cruel.number)
    assert hasty.call(cruel.number) == first
    refusal(hasty, cruel.sleeps)
    assert hasty.call(cruel.number) != first


def test_a_process_is_not_kept_for_ever(limited: Limited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JOBS", 2)
    assert len({limited.call(cruel.number) for _ in range(6)}) == 3


def test_a_process_that_ended_by_itself_is_replaced_unseen(limited: Limited) -> None:
    limited.call(cruel.number)
    limited._free[0].process.kill()
    limited._free[0].process.wait()
    assert limited.call(cruel.same, 1) == [1]


@pytest.mark.skipif(not POSIX, reason="Windows has no such signals")
def test_a_process_is_not_ended_by_whoever_stops_the_bot(limited: Limited) -> None:
    number = limited.call(cruel.number)
    for stop in (signal.SIGINT, signal.SIGTERM):
        os.kill(number, stop)
    assert limited.call(cruel.number) == number


def test_a_process_knows_no_setting_of_ours(
    limited: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMOBOT_KEY", "secret")
    monkeypatch.setenv("PROMOBOT_TELEGRAM_TOKEN", "secret")
    assert not [name for name in limited.call(cruel.environment) if name.startswith("PROMOBOT")]


async def test_the_loop_goes_on_meanwhile(hasty: Limited) -> None:
    reading = asyncio.ensure_future(hasty.run(cruel.spins))
    longest = 0.0
    while not reading.done():
        began = perf_counter()
        await asyncio.sleep(0.01)
        longest = max(longest, perf_counter() - began)
    assert longest < 0.5
    with pytest.raises(Unfinished):
        await reading


async def test_two_files_are_read_at_once(hasty: Limited) -> None:
    slow = asyncio.ensure_future(hasty.run(cruel.sleeps))
    await asyncio.sleep(0.1)
    assert await hasty.run(cruel.same, 1) == [1]
    assert not slow.done()
    with pytest.raises(Unfinished):
        await slow


async def test_a_stop_does_not_wait_for_a_file(limited: Limited) -> None:
    reading = asyncio.ensure_future(limited.run(cruel.sleeps))
    await asyncio.sleep(0.5)
    began = perf_counter()
    await asyncio.to_thread(limited.close)
    assert perf_counter() - began < 1.5
    with pytest.raises(Closed):
        await reading


def test_nothing_starts_before_the_first_file() -> None:
    code = (
        "import sys, bot.process.app, subprocess\n"
        "from bot.services.files import Files\n"
        "files = Files(lambda jpeg: None)\n"
        "assert not files.limited._free and files.limited._threads is None\n"
        "assert 'openpyxl' not in sys.modules and 'multiprocessing' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
