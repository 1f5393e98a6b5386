"""The audit trail: who did what to which thing, when, from which chat. Rows are only appended."""

from sqlalchemy import bindparam, select

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


def note(tx: Tx, *, at: Instant, person: int | None, action: str, subject: str, chat: str) -> None:
    """Append a row. `subject` is a number such as #12, or a code; never personal data."""
    tx.add(audit, at=at, person=person, action=action, subject=subject, chat=chat)


def about(tx: Reading, subject: str) -> list[Row]:
    """Everything that happened to a subject, oldest first."""
    return tx.run(_ABOUT, subject=subject)


def last(tx: Reading, subject: str) -> Row | None:
    """The last thing that happened to a subject."""
    rows = tx.run(_LAST, subject=subject)
    return rows[0] if rows else None
