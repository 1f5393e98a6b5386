"""A PostgreSQL server that hangs or restarts: the process answers, waits, and ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.adapters.local import NAME, LocalPlatform
from bot.clock import RealClock
from bot.process.app import App, build
from bot.process.running import running
from bot.services.gateway import Stopping
from commands.chat.messages import Chat, Incoming
from db.engine.database import Database
from tests.conftest import KEY, Address
from tests.worlds.proxies import Proxy

ENDS_IN = 8.0
"""Seconds in which a process ends, whatever hangs."""

PATIENCE = 40.0
"""Seconds to wait for what must come, on however busy a machine."""


@pytest.fixture
def proxy(postgres_address: Address, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The way to a server that is asked at every event whether something has changed."""
    monkeypatch.setattr("db.engine.database.AT_HAND", 0.0)
    monkeypatch.setattr("db.engine.postgres.FRESH_SECONDS", 0.0)
    with Proxy(postgres_address(True)) as found:
        yield found


class Served:
    """A running process: what its doors answer, and how long its loop was held up."""

    def __init__(self, app: App, port: int, session: aiohttp.ClientSession) -> None:
        self.app = app
        self.lag = 0.0
        self._base, self._session = f"http://127.0.0.1:{port}", session
        self._events = 0

    async def get(self, path: str) -> int:
        async with self._session.get(f"{self._base}{path}") as answer:
            return answer.status

    async def until(self, come: Callable[[], Awaitable[bool]]) -> float:
        """Wait until something has come about; the seconds that took."""
        started = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while not await come():  # noqa: ASYNC110 - it is seen from outside
                await asyncio.sleep(0.05)
        return time.monotonic() - started

    async def answers(self, path: str, status: int) -> float:
        async def come() -> bool:
            return await self.get(path) == status

        return await self.until(come)

    async def hear(self) -> None:
        """Take in one line."""
        self._events += 1
        now = self.app.clock.now()
        await self.app.gateway.receive(
            Incoming(
                update=str(self._events),
                chat=Chat(platform=NAME, id="u-1"),
                author="u-1",
                sent_at=now,
                received_at=now,
                text="帮助",
                message=f"m{self._events}",
            )
        )

    async def watch(self) -> None:
        """Note the longest time for which the loop did nothing."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.02)
            self.lag = max(self.lag, time.monotonic() - before)


@asynccontextmanager
async def served(address: str) -> AsyncIterator[Served]:
    """Serve until the block ends."""
    app = build(Database.open(address, KEY), RealClock(), [LocalPlatform()])
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        port = await stack.enter_async_context(running(app, "127.0.0.1", 0))
        found = Served(app, port, session)
        watching = asyncio.create_task(found.watch())
        stack.callback(watching.cancel)
        await found.answers("/readyz", 200)
        await found.hear()
        yield found


async def test_while_the_server_hangs_the_process_answers_and_then_goes_on(
    proxy: Proxy, figure: Callable[[str], None]
) -> None:
    async with served(proxy.address) as found:
        found.lag = 0.0
        proxy.freeze()
        hearing: asyncio.Task[Any] = asyncio.create_task(found.hear())
        assert await found.get("/healthz") == 200
        assert await found.answers("/readyz", 503) > 0
        assert await found.get("/healthz") == 200
        assert not hearing.done()
        lag = found.lag

        proxy.thaw()
        await hearing
        back = await found.answers("/readyz", 200)
    figure(f"server frozen: loop held up {lag:.2f} s at most, ready {back:.1f} s after it thawed")
    assert lag < 5  # a busy machine aside, it would have been the whole time


@pytest.mark.parametrize("stops", [1, pytest.param(10, marks=pytest.mark.soak)])
async def test_a_server_that_restarts_is_used_as_soon_as_it_is_back(
    proxy: Proxy, stops: int, figure: Callable[[str], None]
) -> None:
    async with served(proxy.address) as found:

        async def heard() -> bool:
            try:
                await found.hear()
            except Exception:
                return False
            return True

        back = []
        for _ in range(stops):
            proxy.cut()
            with pytest.raises(Exception, match=r"PostgreSQL|数据库"):
                await found.hear()
            await found.answers("/readyz", 503)
            proxy.mend()
            back.append(await found.until(heard))
            await found.answers("/readyz", 200)
    figure(f"{stops} stops: events taken {max(back):.1f} s after the server was back at most")


async def test_with_the_server_frozen_the_process_still_ends(
    proxy: Proxy, figure: Callable[[str], None]
) -> None:
    async with served(proxy.address) as found:
        proxy.freeze()
        hearing = asyncio.create_task(found.hear())
        await found.get("/healthz")
        started = time.monotonic()
    took = time.monotonic() - started
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it was waiting for
        await hearing
    figure(f"server frozen: ended in {took:.1f} s (goal ≤ {ENDS_IN:.0f} s)")
    assert took < PATIENCE


async def test_from_the_beginning_of_the_end_nothing_more_is_taken(proxy: Proxy) -> None:
    async with served(proxy.address) as found:
        found.app.gateway.stopping = True
        with pytest.raises(Stopping):
            await found.hear()
