"""One reference for an event and all that is sent because of it, in logs and apologies."""

from hashlib import blake2b

from commands.chat.messages import Incoming
from db.engine.tx import Row


def reference_to(event: str) -> str:
    """Return eight characters that name an event, `platform:update`."""
    return blake2b(event.encode(), digest_size=4).hexdigest()


def reference_of(incoming: Incoming) -> str:
    """Return the eight characters of an event, in the log and in an apology."""
    return reference_to(f"{incoming.chat.platform}:{incoming.update}")


def traced(row: Row, **more: object) -> dict[str, object]:
    """Return what a log line tells of an outbox row: its number and the reference to its cause."""
    cause = reference_to(row.key.rpartition(":")[0])
    return {"row": row.id, "reference": cause, "platform": row.platform, **more}
