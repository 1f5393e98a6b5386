"""Long work: jobs that are queued, taken under a lease, and then done or failed.

If a worker dies, its lease runs out and another worker takes the job again. A job's arguments
refer to things by number and never hold personal data.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from db.engine.tx import Reading, Row, Tx
from db.schema import jobs
from scoring.moments import Instant

QUEUED, TAKEN, DONE, FAILED = "queued", "taken", "done", "failed"
LEASE = 60
"""Seconds after which a job whose lease was not renewed is taken again."""

_FREE = or_(
    jobs.c.state == QUEUED,
    and_(jobs.c.state == TAKEN, jobs.c.leased_until <= bindparam("now")),
)
_NEXT = select(jobs).where(_FREE).order_by(jobs.c.id).limit(1)
_TAKE = (
    update(jobs)
    .where(jobs.c.id == bindparam("number"), _FREE)
    .values(state=TAKEN, leased_until=bindparam("until"), attempts=jobs.c.attempts + 1)
)
_HELD = update(jobs).where(
    jobs.c.id == bindparam("number"),
    jobs.c.state == TAKEN,
    jobs.c.attempts == bindparam("attempt"),
)
_RENEW = _HELD.values(leased_until=bindparam("until"), progress=bindparam("percent"))
_SETTLE = (
    update(jobs)
    .where(jobs.c.id == bindparam("number"), jobs.c.state == TAKEN)
    .values(state=bindparam("to"), failure=bindparam("why"), progress=bindparam("percent"))
)
_LATEST = select(jobs).order_by(jobs.c.id.desc()).limit(bindparam("most"))
_LOOKED_AT = 200
_OLDEST = select(func.min(jobs.c.asked_at).label("at")).where(_FREE)
_COUNTS = select(jobs.c.state, func.count().label("rows")).group_by(jobs.c.state)


def ask(
    tx: Tx,
    kind: str,
    arguments: Mapping[str, Any],
    *,
    person: int,
    platform: str,
    account: str,
    chat: str,
    in_group: bool,
    said: str,
    now: Instant,
) -> int:
    """Queue a job; its number."""
    return tx.add(
        jobs,
        kind=kind,
        arguments=json.dumps(arguments, ensure_ascii=False),
        person=person,
        platform=platform,
        account=account,
        chat=chat,
        in_group=int(in_group),
        said=said,
        asked_at=now,
        state=QUEUED,
        attempts=0,
        leased_until=0,
        progress=0,
        failure="",
    )


def job(tx: Reading, number: int) -> Row | None:
    """The job with this number."""
    return tx.find(jobs, number)


def latest_of(tx: Reading, person: int, since: Instant) -> list[Row]:
    """What a person has ordered since then, newest first, and whatever of theirs is still open;
    only among the latest jobs, which is enough to limit somebody who orders many."""
    rows = tx.run(_LATEST, most=_LOOKED_AT)
    return [row for row in rows if row.person == person and (is_open(row) or row.asked_at > since)]


def is_open(row: Row) -> bool:
    """Whether a job is neither done nor given up."""
    return row.state in (QUEUED, TAKEN)


def take(tx: Tx, now: Instant) -> Row | None:
    """Lease the oldest free job; None if there is none."""
    found = tx.run(_NEXT, now=now)
    if not found or not tx.change(_TAKE, number=found[0].id, now=now, until=now + LEASE):
        return None
    return tx.find(jobs, found[0].id)


def free(tx: Reading, now: Instant) -> bool:
    """Whether a job waits for a worker."""
    return bool(tx.run(_NEXT, now=now))


def oldest_free(tx: Reading, now: Instant) -> Instant | None:
    """When the oldest job was asked for that waits for a worker; None if none does."""
    at = tx.run(_OLDEST, now=now)[0].at
    return None if at is None else int(at)


def counts(tx: Reading) -> dict[str, int]:
    """How many jobs are in each state."""
    return {row.state: row.rows for row in tx.run(_COUNTS)}


def renew(tx: Tx, number: int, attempt: int, now: Instant, percent: int) -> bool:
    """Renew the lease and note the progress; False if another worker has the lease."""
    return (
        tx.change(_RENEW, number=number, attempt=attempt, until=now + LEASE, percent=percent) == 1
    )


def done(tx: Tx, number: int) -> bool:
    """Mark a job as done; False if it was settled before."""
    return tx.change(_SETTLE, number=number, to=DONE, why="", percent=100) == 1


def failed(tx: Tx, number: int, why: str) -> bool:
    """Mark a job as failed because of `why`; False if it was settled before."""
    return tx.change(_SETTLE, number=number, to=FAILED, why=why[:200], percent=0) == 1
