"""The audit trail, as requests add to it."""

from commands.chat.requests import Request
from db import audit
from db.engine.tx import Tx
from db.people import Person


def note(
    request: Request, tx: Tx, *, action: str, subject: str, person: Person | None = None
) -> None:
    """Append what a request did; the asker did it unless `person` is named."""
    audit.note(
        tx,
        at=request.now,
        person=(person or request.who).id,
        action=action,
        subject=subject,
        chat=request.chat.id,
    )
