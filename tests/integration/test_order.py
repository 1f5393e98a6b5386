"""Several replicas take in: what a chat and a person say is done in the order in which it came."""

import asyncio
import random
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.adapters.local import NAME, LocalPlatform
from bot.clock import RealClock, VirtualClock
from bot.process.app import App, build
from bot.process.running import running
from bot.services.order import Order, _hashed
from bot.services.patience import Patience
from commands.chat.messages import Chat, Incoming
from db.arrivals import GHOST, Arrivals, Lanes
from db.engine.database import Database
from db.errors import DatabaseFault
from db.schema import arrivals, outbox
from tests.conftest import KEY, Address
from tests.worlds.school import GROUP, open_school

STAFF = Chat(platform=NAME, id=GROUP, group=True)
NOW = 1_712_023_200
PEOPLE = ["u-liu", "u-chen", "u-min"]


def event(number: int, author: str, chat: Chat | None = None, line: str = "") -> Incoming:
    return Incoming(
        update=str(number),
        chat=chat or Chat(platform=NAME, id=author),
        author=author,
        sent_at=NOW,
        received_at=NOW,
        text=line or f"报线索 张某 138{number:08d} 初三",
        message=f"m{number}",
        addressed=True,
    )


class Taker:
    """One of several replicas, slow now and then."""

    def __init__(self, address: str, name: str, draw: random.Random) -> None:
        self.db = Database.open(address, KEY)
        self.app: App = build(
            self.db, VirtualClock(NOW), [LocalPlatform()], patience=Patience(None)
        )
        self.noted, self.slow = 0, 0.02
        self.order = Order(self.db, name)
        self.app.gateway.orders = {NAME: self.order.kept}
        self._once, self._draw = self.app.gateway._once, draw
        self._turn = self.order._arrivals.turn
        self.app.gateway._once = self._late  # type: ignore[method-assign]
        self.order._arrivals.turn = self._counted  # type: ignore[method-assign]

    async def _late(self, *given: Any, **more: Any) -> Any:
        await asyncio.sleep(self._draw.random() * self.slow)
        return await self._once(*given, **more)

    def _counted(self, come: Mapping[int, Lanes], gone: Collection[int]) -> set[int]:
        blocked = self._turn(come, gone)
        self.noted += len(come)
        return blocked

    async def take(self, incoming: Incoming) -> "asyncio.Task[None]":
        """Begin with an event; return once the database knows that it has come."""
        before = self.noted
        task = asyncio.create_task(self.app.gateway.receive(incoming))
        async with asyncio.timeout(30):
            while self.noted == before:  # noqa: ASYNC110 - a thread notes it
                await asyncio.sleep(0.001)
        return task

    async def close(self) -> None:
        await self.order.close()
        self.app.close()


@pytest.fixture
async def takers(postgres_address: Address) -> AsyncIterator[list[Taker]]:
    address, draw = postgres_address(True), random.Random(5)
    database = Database.open(address, KEY)
    await open_school(database)
    made = [Taker(address, f"replica {number}", draw) for number in range(3)]
    yield made
    for one in made:
        await one.close()


def effects(taker: Taker) -> list[int]:
    """The updates in the order of their effects."""
    rows = select(outbox.c.key).where(outbox.c.key.like(f"{NAME}:%")).order_by(outbox.c.id)
    with taker.db.reading() as tx:
        return list(dict.fromkeys(int(row.key.split(":")[1]) for row in tx.run(rows)))


async def test_what_a_chat_and_a_person_say_to_three_replicas_keeps_its_order(
    takers: list[Taker],
) -> None:
    draw, said = random.Random(6), []
    for number in range(60):
        author = draw.choice(PEOPLE)
        said.append(event(number, author, draw.choice([STAFF, None, None])))
    tasks = [await draw.choice(takers).take(one) for one in said]
    await asyncio.gather(*tasks)

    done = effects(takers[0])
    assert sorted(done) == list(range(len(said)))
    lanes: dict[object, list[int]] = {}
    for number in done:
        lanes.setdefault(said[number].chat, []).append(number)
        lanes.setdefault(said[number].author, []).append(number)
    assert len(lanes) == 2 * len(PEOPLE) + 1
    for numbers in lanes.values():
        assert numbers == sorted(numbers)
    await asyncio.gather(*(one.order.close() for one in takers))
    with takers[0].db.reading() as tx:
        assert tx.run(select(arrivals)) == []


async def test_who_died_holds_up_nobody_for_long_and_who_takes_long_is_waited_for(
    takers: list[Taker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.order.SEEN", 0.05)
    first, second, third = takers
    dead = Arrivals(third.db, "dead")
    place = ("chat", NAME, PEOPLE[0], "")
    dead.turn({1: Lanes(_hashed(place), None)}, [])
    dead.close()

    def died(seen: str) -> None:
        with third.db.driver.engine().begin() as raw:
            raw.execute(text(f"UPDATE arrivals SET seen = {seen} WHERE holder = 'dead'"))

    died(f"seen + {1_000 * GHOST}")  # however slow this machine is, it seems alive until we say so
    first.slow = 0.0
    waits = await first.take(event(1, PEOPLE[0]))
    follows = await second.take(event(2, PEOPLE[0]))
    await asyncio.sleep(0.1)
    assert not waits.done()
    assert not follows.done()
    died(f"seen - {1_001 * GHOST}")
    await asyncio.gather(waits, follows)
    assert effects(first) == [1, 2]


async def test_an_event_that_cannot_be_noted_is_not_taken_and_may_come_again(
    takers: list[Taker], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = takers[0]
    with monkeypatch.context() as away:
        away.setattr(first.order._arrivals, "_connection", None)
        away.setattr(first.db.driver, "_aborted", True)
        with pytest.raises(DatabaseFault):
            await first.app.gateway.receive(event(1, PEOPLE[0]))
    await first.app.gateway.receive(event(1, PEOPLE[0]))
    assert effects(first) == [1]


class Called(LocalPlatform):
    """A platform that calls whichever process it meets; or, with a lease, one that listens."""

    lease = ""

    def mount(self, app: object) -> None: ...


@pytest.mark.parametrize(("lease", "ordered"), [("", True), ("socket:local:1", False)])
async def test_the_order_is_kept_where_any_replica_may_be_called(
    postgres_address: Address, lease: str, ordered: bool
) -> None:
    platform = Called()
    platform.lease = lease
    app = build(Database.open(postgres_address(True), KEY), RealClock(), [platform])
    async with running(app, "127.0.0.1", 0):
        assert (NAME in app.gateway.orders) == ordered
        if ordered:
            await app.gateway.receive(event(1, "u-1", line="帮助"))
