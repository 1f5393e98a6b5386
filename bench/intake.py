"""Platform JSON in, effects and answer durable: the gateway against a raw single commit of the
very same rows, and against the usual template (aiogram dispatcher, async ORM session an update).
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import orjson

from bench import template
from bench.report import line, percentile
from bench.school import KEY, NOW, open_school, updates
from bot.adapters.telegram.decode import decode
from bot.process.app import App
from bot.process.memory import settle
from db.engine.database import Database

IN_FLIGHT = (1, 32, 256)
ROUNDS = {1: 1_000, 32: 6_000, 256: 30_000}
"""More than a hundred groups each: of fewer, the slowest one alone would be the last percent."""

TEMPLATE_ROUNDS = {32: 300, 256: 512}
RAW_ROUNDS = 3_000
WARM_UP = 1_000

P99_GOALS = {32: 0.006, 256: 0.025}
"""Seconds (design 9)."""

RATIO_GOAL = 3.0
TEMPLATE_GOAL = 80.0

TABLES = ("inbox", "facts", "leads", "claims", "waiting", "postings", "audit", "outbox")
"""The tables a lead writes one row each; its tally is the ninth write."""


@dataclass(frozen=True, slots=True)
class Run:
    """Units a second, and the seconds each took."""

    rate: float
    seconds: Sequence[float]


def run(*, quick: bool = False) -> None:
    """Print the cases; `quick` runs a tenth of the units."""
    share = 10 if quick else 1
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
        path = Path(folder) / "gateway.db"
        runs = gateway_runs(path, share)
        raw = raw_commits(path, Path(folder) / "raw.db", RAW_ROUNDS // share)
        usual = {
            flight: asyncio.run(
                _flight(
                    template.opened(Path(folder) / f"orm{flight}.db"),
                    flight,
                    updates(0, rounds // share),
                )
            )
            for flight, rounds in TEMPLATE_ROUNDS.items()
        }
    line("intake", "raw sqlite3, one commit a unit", raw, "units/s")
    for flight, found in usual.items():
        line("intake", f"aiogram + async ORM at {flight}", found.rate, "units/s")
    for flight, found in runs.items():
        p99 = percentile(found.seconds, 0.99)
        ratio = found.rate / raw
        line(
            "intake",
            f"gateway at {flight}",
            found.rate,
            "units/s",
            baseline=raw,
            ratio=ratio,
            goal=f"≥ {RATIO_GOAL:g} × raw" if flight == max(IN_FLIGHT) else "",
            ok=ratio >= RATIO_GOAL if flight == max(IN_FLIGHT) else None,
        )
        goal = P99_GOALS.get(flight)
        line(
            "intake",
            f"p99 at {flight}",
            p99 * 1000,
            "ms",
            goal=f"≤ {goal * 1000:g} ms" if goal else "",
            ok=p99 <= goal if goal else None,
        )
    most = max(IN_FLIGHT)
    against = runs[most].rate / usual[most].rate
    line(
        "intake",
        f"gateway against the template at {most}",
        runs[most].rate,
        "units/s",
        baseline=usual[most].rate,
        ratio=against,
        goal=f"≥ {TEMPLATE_GOAL:g} ×",
        ok=against >= TEMPLATE_GOAL,
    )


# --- ours ---------------------------------------------------------------------------------


def gateway_runs(path: Path, share: int) -> dict[int, Run]:
    """The real gateway at each number in flight, on one growing database."""
    app = open_school(f"sqlite:///{path}")
    found: dict[int, Run] = {}
    first = 0

    async def main() -> None:
        nonlocal first
        await _flight(_taker(app), 64, updates(first, WARM_UP // share))
        first += WARM_UP // share
        settle()  # as `promobot run` does once it has started
        for flight in IN_FLIGHT:
            count = ROUNDS[flight] // share
            found[flight] = await _flight(_taker(app), flight, updates(first, count))
            first += count

    asyncio.run(main())
    app.close()
    check(path, first)
    return found


def _taker(app: App) -> Callable[[bytes], Awaitable[object]]:
    async def take(raw: bytes) -> None:
        decoded = decode(orjson.loads(raw), username="bot", received_at=NOW)
        assert decoded is not None
        await app.gateway.receive(decoded.incoming)

    return take


async def _flight(
    take: Callable[[bytes], Awaitable[object]], in_flight: int, events: Sequence[bytes]
) -> Run:
    """A closed loop: each worker takes its next event when its last one is durable."""
    waiting = iter(events)
    seconds: list[float] = []

    async def worker() -> None:
        for raw in waiting:
            started = perf_counter()
            await take(raw)
            seconds.append(perf_counter() - started)

    started = perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return Run(len(seconds) / (perf_counter() - started), seconds)


def check(path: Path, units: int) -> None:
    """Every unit wrote its row in every table, and answered; else the figures mean nothing."""
    with sqlite3.connect(path) as db:
        for table in TABLES:
            condition = " WHERE action = 'lead'" if table == "audit" else ""
            (rows,) = db.execute(f"SELECT count(*) FROM {table}{condition}").fetchone()
            assert rows == units, (table, rows, units)
        (value,) = db.execute("SELECT sum(value) FROM tallies").fetchone()
        assert value == units


# --- raw ----------------------------------------------------------------------------------


def raw_commits(source: Path, path: Path, units: int) -> float:
    """The same rows written by sqlite3 alone, ready made, one transaction a unit: units a second.

    Same schema, same durability (WAL, FULL), nothing else: no parsing, no look-ups.
    """
    Database.open(f"sqlite:///{path}", KEY).migrate()
    with sqlite3.connect(source) as db:
        order = dict.fromkeys(TABLES, "rowid")
        order |= {"inbox": 'CAST("update" AS INTEGER)', "claims": "fact"}  # have no rowid
        rows = {
            table: db.execute(
                f"SELECT * FROM {table}"
                + (" WHERE action = 'lead'" if table == "audit" else "")
                + f" ORDER BY {order[table]} LIMIT {units}"
            ).fetchall()
            for table in TABLES
        }
        tallies = db.execute(
            "SELECT plan, unit, measure, period FROM postings ORDER BY id LIMIT ?", (units,)
        ).fetchall()
    inserts = {
        table: f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[table][0]))})"
        for table in TABLES
    }
    count = (
        "INSERT INTO tallies VALUES (?,?,?,?,1) ON CONFLICT (plan, unit, measure, period) "
        "DO UPDATE SET value = value + 1"
    )
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        started = perf_counter()
        for unit in range(units):
            db.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                db.execute(inserts[table], rows[table][unit])
            db.execute(count, tallies[unit])
            db.execute("COMMIT")
        return units / (perf_counter() - started)
