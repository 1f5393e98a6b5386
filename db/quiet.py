"""Who wants to hear nothing for a while: 免打扰 of a person, 静音 of a group. It always ends."""

from typing import Protocol

from sqlalchemy import bindparam, delete

from db.engine.tx import Reading, Tx
from db.schema import quiet
from scoring.moments import Instant

_END = delete(quiet).where(quiet.c.subject == bindparam("who"))


class Place(Protocol):
    """A chat, as far as its name goes."""

    @property
    def platform(self) -> str: ...
    @property
    def id(self) -> str: ...


def subject(person: int | None, chat: Place | None) -> str:
    """What a person or, if it is for none, a group is called here."""
    if person is not None:
        return f"person:{person}"
    return f"group:{chat.platform}:{chat.id}" if chat is not None else ""


def until(tx: Reading, who: str) -> Instant:
    """When its quiet ends; 0 if it has none."""
    row = tx.find(quiet, who)
    return 0 if row is None else int(row.until)


def hush(tx: Tx, who: str, to: Instant | None) -> None:
    """Keep notices from a subject until an instant; None ends it."""
    tx.change(_END, who=who)
    if to is not None:
        tx.add(quiet, subject=who, until=to)
