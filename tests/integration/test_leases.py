"""One lease a thing: whatever the replicas, one does it, and another follows who has died."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from bot.clock import VirtualClock
from bot.process.leading import TOGETHER, Replica, gone, named
from db import leases
from db.engine.database import Database
from db.engine.writer import Writer
from scoring.moments import DAY

NOW = 1_712_023_200
LASTS = TOGETHER.lasts


def hold(writer: Writer, holder: str, at: int) -> bool:
    work = partial(leases.hold, name="telegram:1", holder=holder, now=at, seconds=LASTS)
    return writer.submit(work).result()


def test_only_one_holds_it_until_it_ends(writer: Writer) -> None:
    assert hold(writer, "a", NOW)
    assert not hold(writer, "b", NOW + LASTS - 1)
    assert hold(writer, "b", NOW + LASTS)
    assert not hold(writer, "a", NOW + LASTS + 1)


def test_who_renews_keeps_it(writer: Writer) -> None:
    for at in range(NOW, NOW + 100, 5):
        assert hold(writer, "a", at)
        assert not hold(writer, "b", at + 5)


def test_a_lease_further_ahead_than_it_can_last_is_void(writer: Writer) -> None:
    assert hold(writer, "a", NOW + 3 * DAY)  # by a clock three days wrong
    assert hold(writer, "b", NOW)
    assert not hold(writer, "a", NOW + 1)


def test_the_clock_of_a_lease_is_the_databases(database: Database, writer: Writer) -> None:
    at = writer.submit(lambda tx: tx.clock()).result()
    with database.reading() as tx:
        assert 0 <= tx.clock() - at < 60
    assert abs(at - time.time()) < 60


def test_a_process_of_this_machine_is_seen_to_be_gone() -> None:
    assert not gone(named())
    assert not gone("elsewhere/1/ab")
    assert not gone("pulse")
    child = subprocess.run(
        [sys.executable, "-c", "from bot.process.leading import named; print(named())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert gone(child.stdout.strip()) == (os.name == "posix")


def test_what_is_given_back_is_free_at_once(writer: Writer) -> None:
    hold(writer, "a", NOW)
    writer.submit(partial(leases.let_go, name="telegram:1", holder="b")).result()
    assert not hold(writer, "b", NOW + 1)
    writer.submit(partial(leases.let_go, name="telegram:1", holder="a")).result()
    assert hold(writer, "b", NOW + 1)


class Process:
    """One of several processes on a database: its writer, its own steps through time."""

    def __init__(self, database: Database, name: str) -> None:
        self.writer = Writer(database)
        self.steps: asyncio.Semaphore = asyncio.Semaphore(0)
        self.waiting = asyncio.Event()
        self.at_work = False
        replica = Replica(database, self.writer, name, rhythm=TOGETHER, pause=self.pause)
        self.replica = replica
        self.task = asyncio.create_task(replica.leading("telegram:1", self.work))

    async def work(self) -> None:
        self.at_work = True
        try:
            await asyncio.Event().wait()
        finally:
            self.at_work = False

    async def pause(self, seconds: float) -> None:
        self.waiting.set()
        await self.steps.acquire()
        self.waiting.clear()

    async def step(self) -> None:
        """Let it go on to where it waits again."""
        self.steps.release()
        await asyncio.sleep(0)
        await self.until(self.waiting.is_set)

    async def until(self, come: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not come():  # noqa: ASYNC110 - another thread writes
                await asyncio.sleep(0.001)

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    """The database's clock."""
    clock = VirtualClock(NOW)
    monkeypatch.setattr("db.engine.tx.Reading.clock", lambda _: clock.now())
    return clock


@pytest.fixture
def writers() -> Iterator[list[Writer]]:
    made: list[Writer] = []
    yield made
    for writer in made:
        writer.close()


async def test_one_of_two_replicas_works_and_the_other_follows(
    database: Database, clock: VirtualClock, writers: list[Writer]
) -> None:
    first, second = Process(database, "a"), Process(database, "b")
    writers += [first.writer, second.writer]
    await first.until(lambda: first.at_work or second.at_work)
    await first.until(first.waiting.is_set)
    await second.until(second.waiting.is_set)
    leader, other = (first, second) if first.at_work else (second, first)
    assert not other.at_work
    for _ in range(4):
        clock.advance(clock.now() + LASTS - 1)
        await leader.step()
        await other.step()
        assert leader.at_work
        assert not other.at_work
    await leader.end()  # an orderly stop gives it back
    await other.step()
    assert other.at_work
    await other.end()


async def test_who_dies_is_followed_when_his_lease_has_ended(
    database: Database, clock: VirtualClock, writers: list[Writer]
) -> None:
    dead = Writer(database)
    assert hold(dead, "dead", NOW)
    dead.close()
    heir = Process(database, "heir")
    writers.append(heir.writer)
    await heir.until(heir.waiting.is_set)
    clock.advance(NOW + LASTS - 1)
    await heir.step()
    assert not heir.at_work
    clock.advance(NOW + LASTS)
    await heir.step()
    assert heir.at_work
    await heir.end()


async def test_who_is_seen_to_be_dead_is_followed_at_once(
    database: Database, clock: VirtualClock, writers: list[Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.process.leading.gone", {"dead"}.__contains__)
    for holder in ("dead", "alive"):
        writer = Writer(database)
        assert hold(writer, holder, clock.now())
        writer.close()
        heir = Process(database, f"heir of {holder}")
        writers.append(heir.writer)
        await heir.until(heir.waiting.is_set)
        assert heir.at_work == (holder == "dead")
        assert heir.replica.led == ({"telegram:1"} if heir.at_work else set())
        await heir.end()


async def test_who_was_asleep_too_long_stops_when_another_leads(
    database: Database, clock: VirtualClock, writers: list[Writer]
) -> None:
    sleeper = Process(database, "sleeper")
    writers.append(sleeper.writer)
    await sleeper.until(lambda: sleeper.at_work and sleeper.waiting.is_set())
    clock.advance(NOW + LASTS + 5)
    assert hold(sleeper.writer, "other", clock.now())
    sleeper.steps.release()
    await sleeper.until(lambda: not sleeper.at_work)
    assert not hold(sleeper.writer, "sleeper", clock.now())
    await sleeper.end()
