"""The audit trail, as requests add to it."""

from commands.chat.requests import Request
from commands.grammar.phones import without_phones
from db import audit, settings
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
        subject=without_phones(subject, settings.public_numbers(tx)),
        chat=request.chat.id,
    )
