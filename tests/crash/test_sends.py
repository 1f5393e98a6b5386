"""What is sent: by one of several processes, once, in the order of each chat; and after a death at
most one message a chat again."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import pytest

from db import outbox
from db.engine.database import Database
from db.engine.writer import Writer
from tests.conftest import KEY, Address
from tests.crash import sending
from tests.crash.victim import FORKED

PATIENCE = 60.0
"""Seconds in which something must happen, on however busy a machine."""

CHATS = 40


class Fleet:
    """Processes on one database; what their platform has taken: when, in which chat, what."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.seen: list[tuple[float, str, str]] = []
        self.alive: dict[Connection, BaseProcess] = {}
        self.last: Connection | None = None

    def start(self, *, dies: int | None = None) -> BaseProcess:
        receiver, sender = FORKED.Pipe(duplex=False)
        process = FORKED.Process(target=sending.serve, args=(self.address, dies, sender))
        process.start()
        sender.close()
        self.alive[receiver] = process
        return process

    def until(self, come: Callable[[], bool]) -> None:
        """Listen until something has come about."""
        heard, since = len(self.seen), time.monotonic()
        while not come():
            if heard != len(self.seen):
                heard, since = len(self.seen), time.monotonic()
            if time.monotonic() > since + PATIENCE:
                raise TimeoutError(f"{len(self.seen)} messages, {len(self.alive)} processes")
            self.listen(0.05)

    def listen(self, seconds: float) -> None:
        for ready in wait([*self.alive], seconds):
            assert isinstance(ready, Connection)
            try:
                self.seen.append(ready.recv())
                self.last = ready
            except (EOFError, OSError):  # dead, perhaps in the middle of saying something
                self.alive.pop(ready).join()
                ready.close()

    def lose_the_sender(self, more: Callable[[], None], *, kindly: bool = False) -> float:
        """Kill who sends, or ask it to stop, and have `more` to send; the seconds until another
        one sends."""
        assert self.last is not None
        lost, process = self.last, self.alive[self.last]
        (process.terminate if kindly else process.kill)()
        started = time.monotonic()
        self.until(lambda: lost not in self.alive)
        seen = len(self.seen)
        more()
        self.until(lambda: len(self.seen) > seen)
        return time.monotonic() - started

    def end(self) -> None:
        for process in self.alive.values():
            process.terminate()
        self.until(lambda: not self.alive)


@contextmanager
def manned(address: str) -> Iterator[Fleet]:
    """A fleet, of which nothing is left in the end."""
    made = Fleet(address)
    try:
        yield made
    finally:
        for process in made.alive.values():
            process.kill()
            process.join()


@pytest.fixture
def fleet(postgres_address: Address) -> Iterator[Fleet]:
    with manned(postgres_address(True)) as made:
        yield made


@pytest.fixture
def small(sqlite_address: Address) -> Iterator[Fleet]:
    with manned(sqlite_address(True)) as made:
        yield made


def wrote(writer: Writer, start: int, messages: int, *, chats: int = CHATS) -> None:
    now = int(time.time())
    work = partial(sending.written, start=start, messages=messages, chats=chats, now=now)
    writer.submit(work).result()


Seen = list[tuple[float, str, str]]


def times(seen: Seen) -> Counter[str]:
    return Counter(text for _, _, text in seen)


def in_order(seen: Seen) -> None:
    """Repetitions aside, every chat has its messages in the order of writing."""
    chats: defaultdict[str, list[int]] = defaultdict(list)
    for _, chat, text in sorted(seen):
        chats[chat].append(int(text))
    for numbers in chats.values():
        first = list(dict.fromkeys(numbers))
        assert first == sorted(first)


@pytest.mark.parametrize(
    ("messages", "kills"), [(400, 1), pytest.param(10_000, 60, marks=pytest.mark.soak)]
)
def test_three_replicas_send_each_message_once_and_a_death_repeats_one_a_chat(
    fleet: Fleet, messages: int, kills: int, figure: Callable[[str], None]
) -> None:
    database = Database.open(fleet.address, KEY)
    written = 0

    def write(count: int) -> None:
        nonlocal written
        wrote(writer, written, count)
        written += count

    def all_seen() -> bool:
        return len(times(fleet.seen)) == written

    with Writer(database) as writer:
        for _ in range(3):
            fleet.start()
        write(messages)
        fleet.until(all_seen)
        assert max(times(fleet.seen).values()) == 1

        gaps = []
        for _ in range(kills):
            begun = len(fleet.seen) + messages // kills // 3
            write(messages // kills)
            fleet.until(lambda at=begun: len(fleet.seen) >= at)  # type: ignore[misc]
            gaps.append(fleet.lose_the_sender(partial(write, CHATS)))
            fleet.start()
        fleet.until(all_seen)
        doubled = len(fleet.seen) - written
        figure(f"{doubled} of {written} twice after {kills} kills")
        figure(f"another sends {max(gaps):.1f} s after a kill (goal ≤ 10 s)")
        assert doubled <= kills * CHATS
        assert max(times(fleet.seen).values()) <= 1 + kills

        write(messages)
        gap = fleet.lose_the_sender(partial(write, CHATS), kindly=True)
        fleet.until(all_seen)
        figure(f"another sends {gap:.1f} s after SIGTERM (goal ≤ 2 s)")
        assert len(fleet.seen) <= written + doubled + CHATS
        in_order(fleet.seen)
    fleet.end()
    with database.reading() as tx:
        assert outbox.counts(tx) == {outbox.SENT: written}
    database.close()


@pytest.mark.parametrize("crashes", [5, pytest.param(500, marks=pytest.mark.soak)])
def test_a_death_between_the_platform_and_our_mark_loses_nothing(
    small: Fleet, crashes: int, figure: Callable[[str], None]
) -> None:
    fleet, messages = small, 4 * crashes
    database = Database.open(fleet.address, KEY)
    with Writer(database) as writer:
        wrote(writer, 0, messages, chats=1)
    for _ in range(crashes):
        fleet.start(dies=3)
        fleet.until(lambda: not fleet.alive)
    fleet.start()
    fleet.until(lambda: len(times(fleet.seen)) == messages)
    fleet.end()
    in_order(fleet.seen)
    doubled = len(fleet.seen) - messages
    figure(f"{doubled} of {messages} twice after {crashes} crashes")
    assert 0 < doubled <= crashes
    with database.reading() as tx:
        assert outbox.counts(tx) == {outbox.SENT: messages}
    database.close()
