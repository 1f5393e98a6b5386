"""The one writer: groups, neighbours, waiting tasks, other processes, and what goes wrong."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, insert, select

from db.engine import sqlite
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.errors import Conflict, DatabaseFault
from db.schema import facts, hints, people
from tests.conftest import KEY, Address
from tests.worlds.rows import fact, report

TITLES = select(facts.c.id, facts.c.title).order_by(facts.c.id)
HINT = insert(hints).values(subject=bindparam("about"), day=bindparam("on"))


def titles(tx: Reading) -> dict[int, str]:
    return {row.id: row.title for row in tx.run(TITLES)}


def adds(title: str) -> Callable[[Tx], int]:
    return lambda tx: tx.add(facts, **fact(title=title))


@contextmanager
def gathered(writer: Writer) -> Iterator[None]:
    """What is submitted within is in one group."""
    entered, free = threading.Event(), threading.Event()

    def waits(tx: Tx) -> None:
        entered.set()
        free.wait()

    first = writer.submit(waits)
    entered.wait()
    yield
    free.set()
    first.result()


def together(writer: Writer, works: list[Callable[[Tx], Any]]) -> list["Future[Any]"]:
    """Run works as one group."""
    with gathered(writer):
        futures = [writer.submit(work) for work in works]
    for future in futures:
        future.exception()
    return futures


def test_what_waits_is_committed_as_one_group(writer: Writer) -> None:
    futures = together(writer, [adds(str(n)) for n in range(100)])
    assert [future.result() for future in futures] == list(range(1, 101))
    assert writer.commits == 2


def test_a_group_is_no_larger_than_allowed(database: Database) -> None:
    with Writer(database, most=10) as writer:
        together(writer, [adds(str(n)) for n in range(25)])
        assert writer.commits == 4


def test_an_answer_is_given_after_the_commit(database: Database, writer: Writer) -> None:
    seen: list[dict[int, str]] = []

    def look(_: object) -> None:
        with database.reading() as tx:
            seen.append(titles(tx))

    with gathered(writer):
        writer.submit(adds("a")).add_done_callback(look)
        last = writer.submit(adds("b"))
    last.result()
    assert seen == [{1: "a", 2: "b"}]


async def test_a_work_that_raises_what_a_future_refuses_is_answered(writer: Writer) -> None:
    def work(_: Tx) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await writer.run(work)


def test_a_failing_request_leaves_nothing_and_its_neighbours_theirs(writer: Writer) -> None:
    def fails(tx: Tx) -> None:
        report(tx, "gone")
        tx.change(HINT, about="gone", on="today")
        assert len(titles(tx)) == 2
        raise LookupError("no such unit")

    before, failed, after = together(writer, [adds("before"), fails, adds("after")])
    assert (before.result(), after.result()) == (1, 2)
    assert isinstance(failed.exception(), LookupError)
    assert writer.commits == 2
    assert writer.submit(titles).result() == {1: "before", 2: "after"}
    assert writer.submit(lambda tx: tx.find(hints, "gone", "today")).result() is None


def test_the_same_key_twice_in_a_group_is_taken_once(writer: Writer) -> None:
    def once(tx: Tx) -> bool:
        if tx.find(hints, "group", "today") is not None:
            return False
        tx.add(hints, subject="group", day="today")
        return True

    futures = together(writer, [once] * 5)
    assert [future.result() for future in futures] == [True] + [False] * 4


def test_a_row_the_database_refuses_costs_only_its_own_request(writer: Writer) -> None:
    writer.submit(lambda tx: tx.add(people, staff_no="T1")).result()

    def collides(tx: Tx) -> int:
        number = tx.add(facts, **fact(title="gone"))
        tx.add(people, staff_no="T1")  # without looking first
        return number

    works = [adds(str(n)) for n in range(7)]
    works.insert(3, collides)
    futures = together(writer, works)
    assert isinstance(futures.pop(3).exception(), Conflict)
    assert [future.result() for future in futures] == list(range(1, 8))
    assert list(writer.submit(titles).result().values()) == list("0123456")


def test_a_statement_the_database_refuses_costs_only_its_own_request(writer: Writer) -> None:
    def collides(tx: Tx) -> None:
        tx.change(HINT, about="group", on="today")

    futures = together(writer, [adds("a"), collides, adds("b"), collides, adds("c")])
    assert [type(future.exception()) for future in futures] == [
        type(None),
        type(None),
        type(None),
        Conflict,
        type(None),
    ]
    assert list(writer.submit(titles).result().values()) == ["a", "b", "c"]


def test_a_text_the_database_cannot_keep_costs_only_its_own_request(writer: Writer) -> None:
    good, bad = together(writer, [adds("good"), adds("\ud800")])
    assert good.result() == 1
    assert isinstance(bad.exception(), UnicodeEncodeError)


def test_a_swallowed_failure_of_the_transaction_is_no_success(postgres_database: Database) -> None:
    def swallows(tx: Tx) -> None:
        tx.change(HINT, about="group", on="today")
        try:
            tx.change(HINT, about="group", on="today")
        except psycopg.Error:
            return

    with Writer(postgres_database) as writer:
        future, neighbour = together(writer, [swallows, adds("a")])
        assert isinstance(future.exception(), DatabaseFault)
        assert neighbour.result() == 1


def test_the_writer_outlives_a_work_that_ends_the_thread(writer: Writer) -> None:
    def ends(tx: Tx) -> None:
        raise SystemExit(1)

    futures = together(writer, [adds("lost"), ends])
    assert [type(future.exception()) for future in futures] == [SystemExit, SystemExit]
    assert writer.submit(adds("next")).result() == 1


def test_a_lost_connection_is_opened_again(
    postgres_database: Database, postgres_server: Callable[[str], str]
) -> None:
    with Writer(postgres_database) as writer:
        writer.submit(adds("before")).result()
        with psycopg.connect(postgres_server("postgres"), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE application_name = 'promobot'"
            )
        assert writer.submit(adds("after")).result() == 2
        assert postgres_database.peek("titles", titles) == {1: "before", 2: "after"}


def test_closing_finishes_what_was_submitted_and_takes_no_more(database: Database) -> None:
    writer = Writer(database)
    with gathered(writer):
        futures = [writer.submit(adds(str(n))) for n in range(20)]
    writer.close()
    assert [future.result(timeout=0) for future in futures] == list(range(1, 21))
    with pytest.raises(DatabaseFault, match="正在停止"):
        writer.submit(adds("late"))
    writer.close()


def test_a_request_cancelled_in_time_is_not_run(writer: Writer) -> None:
    with gathered(writer):
        cancelled = writer.submit(adds("cancelled"))
        kept = writer.submit(adds("kept"))
        assert cancelled.cancel()
    assert kept.result() == 1


async def test_what_one_turn_of_the_loop_brings_is_one_group(writer: Writer) -> None:
    assert await asyncio.gather(*(writer.run(adds(str(n))) for n in range(50))) == [*range(1, 51)]
    assert writer.commits == 1


async def test_what_was_handed_in_before_the_end_is_committed(database: Database) -> None:
    writer = Writer(database)
    futures = [writer.run(adds(str(n))) for n in range(3)]
    await asyncio.sleep(0)
    writer.close()
    assert await asyncio.gather(*futures) == [1, 2, 3]
    with pytest.raises(DatabaseFault):
        await writer.run(adds("late"))


async def test_tasks_of_a_group_are_woken_by_one_call(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    calls = []
    wake = loop.call_soon_threadsafe

    def counted(*given: Any, **also: Any) -> Any:
        calls.append(1)
        return wake(*given, **also)

    with gathered(writer):
        futures = [writer.run(adds(str(n))) for n in range(256)]
        await asyncio.sleep(0)
        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    assert await asyncio.gather(*futures) == list(range(1, 257))
    assert len(calls) == 1


async def test_what_is_cancelled_does_not_disturb_the_others(writer: Writer) -> None:
    def fails(tx: Tx) -> None:
        raise LookupError

    with gathered(writer):
        futures = [writer.run(work) for work in (adds("a"), fails, adds("b"))]
        await asyncio.sleep(0)
        futures[0].cancel()
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert isinstance(outcomes[1], LookupError)
    assert outcomes[2] == 2


OTHER = """
import sys
from db.engine.database import Database
from db.engine.writer import Writer
from tests.worlds.rows import fact
from db.schema import facts

database = Database.open(sys.argv[1], bytes(range(32)))
with Writer(database) as writer:
    def work(tx):
        tx.bump("titles")
        return tx.add(facts, **fact(title="theirs"))
    print(writer.submit(work).result())
database.close()
"""


def other_process(url: str) -> int:
    """Another process adds a fact and bumps `titles`; the fact's number."""
    command = [sys.executable, "-c", OTHER, url]
    return int(subprocess.run(command, check=True, capture_output=True).stdout)


def test_what_another_process_commits_is_noticed(address: Address) -> None:
    url = address(True)
    database = Database.open(url, KEY)
    with Writer(database) as writer:
        assert writer.submit(adds("ours")).result() == 1
        assert writer.submit(lambda tx: tx.cached("titles", titles)).result() == {1: "ours"}
        assert database.peek("titles", titles) == {1: "ours"}
        assert other_process(url) == 2
        both = {1: "ours", 2: "theirs"}
        with database.reading() as tx:
            assert tx.cached("titles", titles) == both
        assert database.peek("titles", titles) == both
        assert writer.submit(lambda tx: tx.cached("titles", titles)).result() == both
        assert writer.submit(adds("ours")).result() == 3
    database.close()


def test_a_glance_alone_notices_another_process_on_sqlite(sqlite_address: Address) -> None:
    url = sqlite_address(True)
    database = Database.open(url, KEY)
    assert database.peek("titles", titles) == {}
    other_process(url)
    assert database.peek("titles", titles) == {1: "theirs"}
    database.close()


def test_several_writers_never_give_out_a_number_twice(address: Address) -> None:
    url = address(True)
    databases = [Database.open(url, KEY) for _ in range(3)]
    writers = [Writer(database, most=7) for database in databases]
    futures = [writer.submit(partial(report, name=str(n))) for n in range(60) for writer in writers]
    assert sorted(future.result() for future in futures) == list(range(1, 181))
    for writer, database in zip(writers, databases, strict=True):
        writer.close()
        database.close()


def test_readers_work_beside_each_other_and_wait_for_a_free_connection(database: Database) -> None:
    barrier = threading.Barrier(4)
    seen: list[dict[int, str]] = []

    def read(hold: bool) -> None:
        with database.reading() as tx:
            if hold:
                barrier.wait()
            seen.append(titles(tx))

    threads = [threading.Thread(target=read, args=[n < 4]) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [{}] * 12


def test_a_closed_database_reads_no_more(database: Database) -> None:
    database.close()
    with pytest.raises(DatabaseFault, match="关闭"), database.reading():
        pass


def test_the_log_is_moved_into_the_file_once_everybody_has_been_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "ROWS", 1)
    path = tmp_path / "school.db"
    db = Database.open(f"sqlite:///{path}", KEY)
    db.migrate()
    with Writer(db) as writer:
        writer.submit(adds("moved")).result()
        writer.submit(lambda tx: None).result()  # begins after the upkeep behind the first
        alone = tmp_path / "alone.db"
        alone.write_bytes(path.read_bytes())  # the file without its log
    db.close()
    copy = Database.open(f"sqlite:///{alone}", KEY)
    with copy.reading() as reading:
        assert list(titles(reading).values()) == ["moved"]
    copy.close()


def test_upkeep_that_fails_is_logged_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    db = Database.open(f"sqlite:///{tmp_path / 'school.db'}", KEY)
    db.migrate()
    with Writer(db) as writer:
        with monkeypatch.context() as broken, caplog.at_level("ERROR", "promobot.writer"):
            broken.setattr(
                sqlite.SqliteConnection, "rest", lambda _: (_ for _ in ()).throw(OSError("full"))
            )
            writer.submit(adds("kept")).result()
            assert writer.submit(adds("too")).result() == 2
        assert "upkeep failed" in caplog.text
    db.close()
