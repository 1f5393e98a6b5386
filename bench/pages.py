"""The signed-in pages at ten thousand and a million facts, and what they cost the intake beside
them.

A round opens each page once over HTTP, signed in, at both sizes in turn. What is over does not
change and is kept by the process, so a first round is not counted.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp
import orjson

from bench.month import SEQUENCES
from bench.report import line, percentile
from bench.school import NOW, open_school, updates
from bench.score import fill
from bot.adapters.telegram.decode import decode
from bot.pages.mounting import Pages
from bot.process.app import App
from bot.process.http import application, claim, listen
from db import grants, pagekeys, people, plans
from db.engine.tx import Tx
from db.pagekeys import Account
from scoring.plan import Plan

SIZES = (10_000, 1_000_000)
ROUNDS = 30
WAITING = 10_000
"""Facts that wait for the assessor who looks."""

LATER = 45 * 86_400
"""Seconds after the facts at which the pages are looked at: some weeks are over then."""

PATHS = (
    "/",
    "/units/it",
    "/review",
    "/leads",
    "/audit",
    "/search",
    "/facts/5000",
    "/months",
    "/readings",
)
GROWTH_GOAL, P95_GOAL, PACE_GOAL = 1.2, 0.050, 0.8
A_SECOND = 5
IN_FLIGHT = 32
EVENTS = 24_000
SEATED = Account(platform="telegram", account="9", chat="9")


def run(*, quick: bool = False) -> None:
    """Print the cost of a page at each size, its growth, the slowest one in twenty at five a
    second, and the pace of the intake beside it."""
    sizes = (SIZES[0], SIZES[0] * 10) if quick else SIZES
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
        asyncio.run(_measured(Path(folder), sizes, EVENTS // (4 if quick else 1)))


async def _measured(folder: Path, sizes: Sequence[int], events: int) -> None:
    async with AsyncExitStack() as stack:
        visitors = {size: await _opened(stack, folder / f"{size}.db", size) for size in sizes}
        for visitor in visitors.values():
            await visitor.round()
        spent: dict[int, list[float]] = {size: [] for size in sizes}
        for _ in range(ROUNDS):
            for size, visitor in visitors.items():
                spent[size].append(sum(await visitor.round()) / len(PATHS))
        small, large = (median(spent[size]) for size in sizes)
        growth = large / small
        line("pages", f"a page at {sizes[0]:,}", small * 1000, "ms")
        line(
            "pages",
            f"a page at {sizes[1]:,}",
            large * 1000,
            "ms",
            baseline=small * 1000,
            ratio=growth,
            goal=f"≤ {GROWTH_GOAL} ×",
            ok=growth <= GROWTH_GOAL,
        )
        busy = visitors[sizes[1]]
        calm = await busy.at_pace(4.0)
        p95 = percentile(calm, 0.95)
        line(
            "pages",
            "p95 at five a second",
            p95 * 1000,
            "ms",
            goal=f"≤ {P95_GOAL * 1000:g} ms",
            ok=p95 <= P95_GOAL,
        )
        alone = await busy.intake(0, events)
        looking = asyncio.create_task(busy.at_pace(3600))
        beside = await busy.intake(events, events)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        p95 = percentile(busy.seconds, 0.95)
        line("pages", "p95 at five a second beside a full intake", p95 * 1000, "ms")
        ratio = beside / alone
        line(
            "pages",
            "intake beside five pages a second",
            beside,
            "units/s",
            baseline=alone,
            ratio=ratio,
            goal=f"≥ {PACE_GOAL} ×",
            ok=ratio >= PACE_GOAL,
        )


class _Visitor:
    """Somebody who is signed in, and the school that they look at."""

    def __init__(self, app: App, session: aiohttp.ClientSession, url: str) -> None:
        self.app, self.session, self.url = app, session, url
        self.seconds: list[float] = []

    async def opens(self, path: str) -> float:
        started = perf_counter()
        async with self.session.get(f"{self.url}/pages{path}") as answer:
            await answer.read()
            assert answer.status == 200, (path, answer.status)
        return perf_counter() - started

    async def round(self) -> list[float]:
        return [await self.opens(path) for path in PATHS]

    async def at_pace(self, seconds: float) -> list[float]:
        """Open pages at A_SECOND for so long; the seconds of each."""
        self.seconds = []
        began = perf_counter()
        for number, path in enumerate(cycle(PATHS)):
            if number / A_SECOND > seconds:
                break
            await asyncio.sleep(max(0.0, began + number / A_SECOND - perf_counter()))
            self.seconds.append(await self.opens(path))
        return self.seconds

    async def intake(self, first: int, count: int) -> float:
        """Leads a second that the gateway takes, IN_FLIGHT at a time."""
        waiting = iter(updates(first, count))

        async def worker() -> None:
            for raw in waiting:
                decoded = decode(orjson.loads(raw), username="bot", received_at=NOW + LATER)
                assert decoded is not None
                await self.app.gateway.receive(decoded.incoming)

        started = perf_counter()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        return count / (perf_counter() - started)


async def _opened(stack: AsyncExitStack, path: Path, size: int) -> _Visitor:
    """A school with so many facts, its pages served on this machine, an assessor signed in."""
    address = f"sqlite:///{path}"
    open_school(address).close()
    [plan] = [one for one in plans.shipped() if one.year == 2024]
    await asyncio.to_thread(_filled, path, plan, size)
    doors = claim("127.0.0.1", 0)
    url = f"http://127.0.0.1:{doors[0].getsockname()[1]}"
    app = open_school(address, now=NOW + LATER, web_url=url)
    stack.callback(app.close)
    await app.write(_made_assessor)
    secret = await app.write(_seated)
    served = application(_fine, (Pages(app, url).mount,))
    runner = await listen(served, "127.0.0.1", 0, doors)
    stack.push_async_callback(runner.cleanup)
    session = aiohttp.ClientSession(headers={"Cookie": f"promobot={secret}"})
    await stack.enter_async_context(session)
    return _Visitor(app, session, url)


def _filled(path: Path, plan: Plan, size: int) -> None:
    """The facts of the bench of the score, of which the newest wait for a decision, after which the
    program goes on counting."""
    fill(path, plan, size)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO waiting SELECT id, 'results', unit, recorded_at FROM facts"
            " ORDER BY id DESC LIMIT ?",
            (WAITING,),
        )
        db.execute("UPDATE facts SET kind = 'results' WHERE id IN (SELECT fact FROM waiting)")
        for table, name in SEQUENCES.items():
            last = f"SELECT '{name}', coalesce(max(id), 0) FROM {table}"
            db.execute(f"INSERT OR REPLACE INTO sequences {last}")


def _made_assessor(tx: Tx) -> None:
    who = people.directory(tx).by_staff_no["A1"]
    grants.grant(tx, who.id, "考核组", "", at=NOW, by=who.id)


def _seated(tx: Tx) -> str:
    now = NOW + LATER
    who = people.directory(tx).at(now).by_staff_no["A1"]
    return pagekeys.issue(tx, "session", who, SEATED, now)


async def _fine() -> str:
    return ""
