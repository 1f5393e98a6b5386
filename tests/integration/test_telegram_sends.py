"""Sending through a bad network: everything arrives or is buried with its reason, in its order,
and nothing goes to a chat before the time that Telegram named for it."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.adapters.telegram import TelegramAdapter, make_driver
from bot.clock import RealClock, VirtualClock
from bot.services.attempts import DEADLINE
from bot.services.delivery import Delivery
from bot.services.pacing import CALLS
from commands.chat.errors import Retry
from commands.chat.messages import Chat, Outgoing
from commands.conversation.postbox import put
from db import outbox
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.emulators.loopback import START

SENDS = 400
PEOPLE = 40
SHARES = (
    (0.10, Fault(hangs=True)),
    (0.05, Fault(status=429, parameters={"retry_after": 7}, description="Too Many Requests")),
    (0.05, Fault(status=502, body="<html>Bad Gateway</html>")),
    (0.02, Fault(reset=True)),
    (0.01, Fault(body='{"ok": true, "result": {"message_id": 9')),
)
PATIENCE = 0.25
HANGING = 20


def storm(draw: random.Random, calls: int) -> list[Fault | None]:
    """A fault for every call, in the shares of a bad day."""
    faults = [fault for _, fault in SHARES]
    weights = [share for share, _ in SHARES]
    return draw.choices([*faults, None], [*weights, 1 - sum(weights)], k=calls)


def written(tx: Tx, sends: int) -> None:
    for number in range(sends):
        chat = Chat(platform="telegram", id=str(1000 + number % PEOPLE))
        message = Outgoing(key=f"m{number}", chat=chat, kind="notice", text=f"第 {number} 条")
        put(tx, message, person=None, now=START)


async def delivered(library: str, sends: int, database: Database, seed: int) -> dict[str, Any]:
    """Send so many; what the server saw, and what became of the rows."""
    clock = VirtualClock(START)
    draw, api = random.Random(seed), BotApi(now=clock.now)
    await api.start()
    for number in range(PEOPLE):
        api.user(1000 + number, "教师")
    api.fail("sendMessage", *storm(draw, 3 * sends))
    adapter = TelegramAdapter(make_driver(TOKEN, api.base, library=library), now=clock.now)
    doors: Any = _Unpaced(adapter, clock.now)
    with Writer(database) as writer:
        await writer.run(lambda tx: written(tx, sends))
        delivery = Delivery(database, writer, {"telegram": doors}, clock, chance=draw.random)
        while (due := _next_due(database)) is not None:
            clock.advance(max(due, clock.now() + 1))
            await delivery.quiet()
    await adapter.close()
    await api.stop()
    with database.reading() as tx:
        counts = outbox.counts(tx)
    return {"api": api, "doors": doors, "counts": counts}


class _Unpaced:
    """The adapter without its pacing, which tests of delivery measure: here only faults wait.

    It keeps the rests that it was told of: on a busy machine a 429 can come too late to be heard.
    """

    def __init__(self, adapter: TelegramAdapter, now: Callable[[], int]) -> None:
        self.name = adapter.name
        self.capabilities = replace(
            adapter.capabilities, per_minute=0, per_minute_private=0, apart=0.0, per_second=0
        )
        self._adapter, self._now = adapter, now
        self._free: dict[str, float] = {}
        self.told = 0
        self.early: list[str] = []

    async def send(self, message: Outgoing) -> Any:
        chat = message.chat.id
        if self._now() < self._free.get(chat, 0):
            self.early.append(f"{chat} at {self._now()}, free at {self._free[chat]}")
        try:
            return await self._adapter.send(message)
        except Retry as error:
            if error.seconds is not None:
                self.told += 1
                self._free[chat] = self._now() + error.seconds
            raise


def _next_due(database: Database) -> int | None:
    with database.reading() as tx:
        return outbox.next_due(tx)


@pytest.mark.parametrize(
    ("library", "sends"),
    [
        ("ptb", SENDS),
        ("aiogram", SENDS),
        pytest.param("ptb", 5_000, marks=pytest.mark.soak),
        pytest.param("aiogram", 5_000, marks=pytest.mark.soak),
    ],
)
async def test_everything_arrives_or_is_buried_and_nothing_before_its_time(
    library: str,
    sends: int,
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    hurried(monkeypatch, library)
    seen = await delivered(library, sends, sqlite_database, seed=5)
    counts, api = seen["counts"], seen["api"]
    assert counts.get(outbox.WAITING, 0) == 0
    assert counts.get(outbox.SENT, 0) + counts.get(outbox.BURIED, 0) == sends
    assert counts.get(outbox.BURIED, 0) <= sends // 100
    _in_order(api)
    assert seen["doors"].early == []
    assert seen["doors"].told > sends // 40
    figure(f"{sends} sends through a bad network ({library}): {counts}")


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
async def test_twenty_chats_that_hang_hold_up_no_other(
    library: str, sqlite_database: Database, figure: Callable[[str], None]
) -> None:
    api = BotApi(now=RealClock().now)
    await api.start()
    people = [1000 + number for number in range(2 * HANGING)]
    for person in people:
        api.user(person, "教师")
    api.deaf, well = set(people[:HANGING]), people[HANGING:]
    adapter = TelegramAdapter(make_driver(TOKEN, api.base, library=library), now=RealClock().now)
    with Writer(sqlite_database) as writer:
        delivery = Delivery(sqlite_database, writer, {"telegram": adapter}, RealClock())
        going = asyncio.create_task(delivery.run())
        await writer.run(partial(told, people=sorted(api.deaf)))
        delivery.wake()
        await api.until(lambda: len(api.called("sendMessage")) >= CALLS, 30)
        started = time.monotonic()
        await writer.run(partial(told, people=well))
        delivery.wake()
        await api.until(lambda: len(api.messages) == HANGING, 30)
        took = time.monotonic() - started
        await delivery.drain(0.1)
        await going
    await adapter.close()
    await api.stop()
    figure(
        f"{HANGING} chats hang ({library}): the last of {len(well)} others was sent to after "
        f"{took:.1f} s (goal ≤ 2 s)"
    )
    assert took < DEADLINE  # after that, they would have made room anyway


def told(tx: Tx, people: list[int]) -> None:
    for person in people:
        chat = Chat(platform="telegram", id=str(person))
        message = Outgoing(key=f"to {person}", chat=chat, kind="notice", text="还差视频")
        put(tx, message, person=None, now=RealClock().now())


def hurried(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """An answer that does not come is not waited for as long as in life."""
    module = f"bot.adapters.telegram.driver_{library}"
    if library == "ptb":
        monkeypatch.setattr(f"{module}._SECONDS", {"read_timeout": PATIENCE})
    else:
        monkeypatch.setattr(f"{module}._SECONDS", PATIENCE)


def _in_order(api: BotApi) -> None:
    """What came twice (its answer was lost) aside, each chat has its messages in their order."""
    chats: defaultdict[int, list[int]] = defaultdict(list)
    for shown in sorted(api.messages.values(), key=lambda shown: shown.id):
        chats[shown.chat].append(int(shown.text.split()[1]))
    for numbers in chats.values():
        first = list(dict.fromkeys(numbers))
        assert first == sorted(first)
