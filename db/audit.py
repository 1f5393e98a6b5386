"""The audit trail: who did what to which thing, when, from which chat. Rows are only appended."""

from itertools import combinations
from typing import Any

from sqlalchemy import bindparam, func, select

from db.engine.tx import Reading, Row, Tx
from db.schema import audit
from scoring.moments import Instant

ACTIONS = (
    "reveal",
    "picture",
    "unpicture",
    "look",
    "erase_asked",
    "erase",
    "erase_named",
    "blank",
    "grant",
    "ungrant",
    "deputy",
    "undeputy",
    "bind",
    "role",
    "move",
    "depart",
    "officer",
    "account",
    "second",
    "set",
    "roster",
    "freeze",
    "calendar",
    "publish",
    "second",
    "records",
    "web_entered",
    "web_ended",
    "backup",
    "backup_failed",
    "disconnected",
    "reconnected",
)
"""Actions noted besides reports (noted by the kind of fact) and decisions (by their verb)."""

BACKUP = "backup"
"""The subject of backups, and the action of one that was made."""

BACKUP_FAILED = "backup_failed"

_LAST = (
    select(audit)
    .where(audit.c.subject == bindparam("subject"))
    .order_by(audit.c.id.desc())
    .limit(1)
)
_ABOUT = select(audit).where(audit.c.subject == bindparam("subject")).order_by(audit.c.id)


_SINCE = (
    select(audit.c.id)
    .where(
        audit.c.subject == bindparam("subject"),
        audit.c.action == bindparam("action"),
        audit.c.person == bindparam("person"),
        audit.c.at > bindparam("since"),
    )
    .limit(1)
)

LOOKED_AT = 20_000
"""Rows looked through for one page of a search."""


def _page(*conditions: Any) -> Any:
    return (
        select(audit)
        .where(audit.c.id < bindparam("before"), audit.c.id >= bindparam("least"), *conditions)
        .order_by(audit.c.id.desc())
        .limit(bindparam("most"))
    )


_CONDITIONS = {name: audit.c[name] == bindparam(name) for name in ("action", "person", "subject")}
_PAGES = {
    frozenset(names): _page(*(_CONDITIONS[name] for name in names))
    for size in range(len(_CONDITIONS) + 1)
    for names in combinations(_CONDITIONS, size)
}
"""By what is asked for."""
_HEAD = select(func.max(audit.c.id).label("head"))


def page(tx: Reading, before: int, most: int, **asked: Any) -> tuple[list[Row], int]:
    """The rows below a number (0: all), newest first, of an action, a person or a subject, and the
    number to go on below, 0 at the end. A page looks through LOOKED_AT rows at most, so it may be
    short and still be followed by another."""
    if not before:
        before = int(tx.run(_HEAD)[0].head or 0) + 1
    least = max(before - LOOKED_AT, 0)
    rows = tx.run(_PAGES[frozenset(asked)], before=before, least=least, most=most, **asked)
    return rows, int(rows[-1].id) if len(rows) == most else least


def note(tx: Tx, *, at: Instant, person: int | None, action: str, subject: str, chat: str) -> None:
    """Append a row. `subject` is a number such as #12, or a code; never personal data."""
    tx.add(audit, at=at, person=person, action=action, subject=subject, chat=chat)


def done_since(tx: Reading, since: Instant, **asked: Any) -> bool:
    """Whether a person has done an action to a subject after an instant."""
    return bool(tx.run(_SINCE, since=since, **asked))


def about(tx: Reading, subject: str) -> list[Row]:
    """Everything that happened to a subject, oldest first."""
    return tx.run(_ABOUT, subject=subject)


def last(tx: Reading, subject: str) -> Row | None:
    """The last thing that happened to a subject."""
    rows = tx.run(_LAST, subject=subject)
    return rows[0] if rows else None
