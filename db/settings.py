"""Settings of the school, such as 在校人数: appended, never changed, read as known at a time.

A setting belongs to a scope: "" is the school, else a unit's code or a class. What a value means
and who may set it is decided elsewhere.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import bindparam, select

from db.engine.tx import Reading, Row, Tx
from db.schema import settings
from scoring.moments import Instant

STUDENTS = "在校人数"
SCHOOL = ""
EVIDENCE, MUST, MAY = "结任务截图", "必附", "可缺"
"""Whether a task can be settled without a picture of the platform's counters; unset: it can."""

PUBLIC_NUMBERS = "公开号码"
"""The school's own telephone numbers, which are masked nowhere."""

ALL = select(settings.c.scope, settings.c.name, settings.c.value, settings.c.since).order_by(
    settings.c.since, settings.c.id
)

_CHANGES = (
    select(settings.c.value, settings.c.recorded_at, settings.c.person)
    .where(
        settings.c.scope == bindparam("where"),
        settings.c.name == bindparam("name"),
        settings.c.recorded_at > bindparam("since"),
        settings.c.recorded_at <= bindparam("known"),
    )
    .order_by(settings.c.id)
)
_NOT_DIGIT = re.compile("[^0-9]")

History = Mapping[tuple[str, str], tuple[tuple[Instant, str], ...]]
"""(scope, name) -> (in force from, value), oldest first; never before it was recorded."""


def put(
    tx: Tx,
    name: str,
    value: str,
    *,
    now: Instant,
    by: int | None,
    scope: str = SCHOOL,
    since: Instant = 0,
) -> None:
    """Set a value from now on, or from a later instant (`since`); "" unsets it. `by` None: the
    shell."""
    tx.add(
        settings,
        scope=scope,
        name=name,
        value=value,
        since=max(now, since),
        recorded_at=now,
        person=by,
    )
    tx.bump("settings")
    tx.bump("public_numbers")
    tx.bump("world")


def value(tx: Reading, name: str, known: Instant, scope: str = SCHOOL) -> str | None:
    """The value as known at an instant; None if it was not set then."""
    return _latest(_history(tx).get((scope, name), ()), known)


def values(tx: Reading, known: Instant) -> dict[tuple[str, str], str]:
    """(scope, name) -> value of every setting known at an instant."""
    found = {key: _latest(rows, known) for key, rows in _history(tx).items()}
    return {key: text for key, text in found.items() if text is not None}


def history(tx: Reading, name: str, scope: str = SCHOOL) -> tuple[tuple[Instant, str], ...]:
    """Every value that was set, with when it came into force, oldest first; "" unset it."""
    return _history(tx).get((scope, name), ())


def changes(
    tx: Reading, name: str, since: Instant, known: Instant, scope: str = SCHOOL
) -> list[Row]:
    """The values set in a scope after one instant up to another, oldest first: rows value,
    recorded_at, person."""
    return tx.run(_CHANGES, where=scope, name=name, since=since, known=known)


def of_scope(tx: Reading, scope: str) -> dict[str, tuple[tuple[Instant, str], ...]]:
    """Name -> every value that was set in a scope, oldest first."""
    return {name: rows for (where, name), rows in _history(tx).items() if where == scope}


def students(tx: Reading, known: Instant, scope: str = SCHOOL) -> int | None:
    """在校人数 of the school, a unit or a class as known at an instant; None: not set (A36)."""
    text = value(tx, STUDENTS, known, scope)
    return None if text is None else int(text)


def public_numbers(tx: Reading) -> frozenset[str]:
    """The digits of the numbers that are the school's own; cached."""
    return tx.cached("public_numbers", _public)


def _public(tx: Reading) -> frozenset[str]:
    rows = _history(tx).get((SCHOOL, PUBLIC_NUMBERS), ())
    said = rows[-1][1] if rows else ""
    return frozenset(_NOT_DIGIT.sub("", word) for word in said.split())


def _latest(rows: tuple[tuple[Instant, str], ...], known: Instant) -> str | None:
    return next((text for at, text in reversed(rows) if at <= known), "") or None


def _history(tx: Reading) -> History:
    return tx.cached("settings", _load)


def _load(tx: Reading) -> History:
    rows: defaultdict[tuple[str, str], list[tuple[Instant, str]]] = defaultdict(list)
    for row in tx.run(ALL):
        rows[row.scope, row.name].append((row.since, row.value))
    return {key: tuple(found) for key, found in rows.items()}
