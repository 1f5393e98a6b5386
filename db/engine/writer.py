"""The one writer: a thread that takes requests from a queue and commits them in groups.

Answers are given after the commit, so a success can be relied on. A request that raises has no
effect and does not affect its neighbours; a group that cannot be written is halved until the
culprit is alone. A work is therefore a plain function of the transaction: it may run more than
once, and only its last run counts.
"""

import asyncio
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar, cast

from sqlalchemy import Table

from db.engine.database import Database
from db.engine.driver import Connection
from db.engine.shapes import Key
from db.engine.tx import Tx
from db.errors import Conflict, DatabaseFault
from db.wording import say

log = logging.getLogger("promobot.writer")

T = TypeVar("T")
Work = Callable[[Tx], T]
Wants = Sequence[tuple[Table, Key]]
Outcome = tuple[bool, Any]
"""Whether the work was done, and its value or the exception."""

MOST = 512
"""Requests in one transaction: more than are ever in flight at once."""


class _Job:
    """A work and what waits for it: a thread, or a task of an event loop."""

    __slots__ = ("answered", "future", "loop", "wants", "work")

    def __init__(
        self,
        work: Work[Any],
        wants: Wants,
        future: "Future[Any] | asyncio.Future[Any]",
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.work = work
        self.wants = wants
        self.future = future
        self.loop = loop
        self.answered = False

    def wanted(self) -> bool:
        """Whether to do it; after this a thread cannot cancel it (a task never can)."""
        if self.loop is not None:
            return True
        return cast("Future[Any]", self.future).set_running_or_notify_cancel()


class Writer:
    """`submit` from any thread, `run` from an event loop, `close` once at the end."""

    def __init__(self, database: Database, *, most: int = MOST) -> None:
        self.commits = 0
        """Transactions committed so far."""
        self._database = database
        self._most = most
        self._connection: Connection = database.driver.connect(writing=True)
        self._versions: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._queue: queue.SimpleQueue[list[_Job] | None] = queue.SimpleQueue()
        self._gathered: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        self._door = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], wants: Wants = ()) -> "Future[T]":
        """The value of a work, once committed. `wants`: primary keys that it will `find`."""
        future: Future[T] = Future()
        with self._door:
            self._refuse_if_closed()
            self._queue.put([_Job(work, wants, future, None)])
        return future

    def run(self, work: Work[T], wants: Wants = ()) -> "asyncio.Future[T]":
        """Like `submit`, for a task to await: one call into the loop wakes all tasks of a group.

        Cancelling the task does not cancel the work.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._door:
            self._refuse_if_closed()
            gathered = self._gathered.get(loop)
            if gathered is None:
                # Gather whatever else this turn of the loop brings: one group is quicker than a
                # small one followed by a large one.
                gathered = self._gathered[loop] = []
                loop.call_soon(self._hand_over, loop)
            gathered.append(_Job(work, wants, future, loop))
        return future

    def waiting(self) -> int:
        """How many groups of requests wait for their transaction."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what was submitted, then stop. Later submissions raise DatabaseFault."""
        with self._door:
            if not self._closed:
                self._closed = True
                for loop in list(self._gathered):
                    self._queue_gathered(loop)
                self._queue.put(None)
        self._thread.join()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise DatabaseFault(say("database.stopping"))

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._door:
            self._queue_gathered(loop)

    def _queue_gathered(self, loop: asyncio.AbstractEventLoop) -> None:
        if jobs := self._gathered.pop(loop, None):
            self._queue.put(jobs)

    # --- the thread -------------------------------------------------------------------------

    def _serve(self) -> None:
        going = True
        while going:
            jobs, going = self._next()
            for start in range(0, len(jobs), self._most):
                self._group(jobs[start : start + self._most])
        self._connection.close()

    def _group(self, jobs: list[_Job]) -> None:
        try:
            self._batch(jobs)
        except BaseException as fault:
            self._abandon()
            _answer(jobs, [(False, fault)] * len(jobs))
        else:
            self._rest()

    def _rest(self) -> None:
        try:
            self._connection.rest()
        except Exception:
            log.exception("upkeep failed")  # tried again after the next group

    def _next(self) -> tuple[list[_Job], bool]:
        """The waiting jobs (none if all were cancelled), and False with the last ones."""
        jobs: list[_Job] = []
        handed = self._queue.get()
        while handed is not None:
            jobs += [job for job in handed if job.wanted()]
            if len(jobs) >= self._most:
                return jobs, True
            try:
                handed = self._queue.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _batch(self, jobs: list[_Job]) -> None:
        if not jobs:
            return
        try:
            tx = self._begin()
        except Exception as fault:
            self._abandon()
            _answer(jobs, [(False, self._told(fault))] * len(jobs))
            return
        try:
            outcomes = self._attempt(tx, jobs)
        except Exception as fault:
            lost = self._abandon()
            if len(jobs) == 1 or lost:
                _answer(jobs, [(False, self._told(fault))] * len(jobs))
                return
            half = len(jobs) // 2
            self._batch(jobs[:half])
            self._batch(jobs[half:])
        else:
            _answer(jobs, outcomes)

    def _begin(self) -> Tx:
        database = self._database
        try:
            counters = self._connection.begin()
        except database.driver.errors:
            if not self._connection.broken:
                raise
            self._connection.close()  # the server was gone and may be back
            self._connection = database.driver.connect(writing=True)
            counters = self._connection.begin()
        if counters is not None:  # another process has written
            self._versions, self._heads = counters
            database.caches.learn(self._versions)
        return Tx(
            self._connection,
            database.statements,
            database.caches,
            database.vault,
            known_versions=self._versions,
            heads=self._heads,
        )

    def _attempt(self, tx: Tx, jobs: list[_Job]) -> list[Outcome]:
        wanted: defaultdict[Table, list[Key]] = defaultdict(list)
        for job in jobs:
            for table, key in job.wants:
                wanted[table].append(key)
        for table, keys in wanted.items():
            tx.prefetch(table, keys)
        outcomes = [self._one(tx, job) for job in jobs]
        self._versions, self._heads = tx.commit()
        self.commits += 1
        if tx.scrubs:
            self._connection.scrub()
        return outcomes

    def _one(self, tx: Tx, job: _Job) -> Outcome:
        tx.begin()
        try:
            value = job.work(tx)
        except self._database.driver.errors:
            raise  # the whole transaction may be spoiled
        except Exception as fault:
            tx.undo(tx.began)
            tx.keep()
            return False, fault
        tx.keep()
        return True, value

    def _abandon(self) -> bool:
        """Roll back; whether the connection, and the knowledge of the commit, was lost."""
        try:
            self._connection.rollback()
        except Exception:
            self._connection.close()
        return self._connection.broken

    def _told(self, fault: Exception) -> Exception:
        """The fault as raised to whoever submitted the work; the driver's fault is its cause."""
        if isinstance(fault, self._database.driver.conflicts):
            told: Exception = Conflict("a key is taken")
        elif isinstance(fault, self._database.driver.errors):
            told = DatabaseFault(say("database.not_written"))
        else:
            return fault
        told.__cause__ = fault
        return told


def _answer(jobs: list[_Job], outcomes: list[Outcome]) -> None:
    """Resolve the futures in order; each event loop is called once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.answered:
            continue
        job.answered = True
        if job.loop is None:
            _resolve(job.future, outcome)
        else:
            by_loop.setdefault(job.loop, []).append(
                (cast("asyncio.Future[Any]", job.future), outcome)
            )
    for loop, answers in by_loop.items():
        try:
            loop.call_soon_threadsafe(_wake, answers)
        except RuntimeError:  # the loop has ended, so nobody waits
            continue


def _wake(answers: list[tuple["asyncio.Future[Any]", Outcome]]) -> None:
    for future, outcome in answers:
        if not future.done():  # else its task was cancelled
            _resolve(future, outcome)


def _resolve(future: "Future[Any] | asyncio.Future[Any]", outcome: Outcome) -> None:
    done, value = outcome
    if done:
        future.set_result(value)
    elif isinstance(value, StopIteration):  # the only one that a future refuses
        future.set_exception(RuntimeError("a work raised StopIteration"))
    else:
        future.set_exception(value)
