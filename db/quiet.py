"""Quiet times: 免打扰 of a person, 静音 of a group. They always end."""

from typing import Protocol

from sqlalchemy import bindparam, delete

from db.engine.tx import Reading, Tx
from db.schema import quiet
from scoring.moments import Instant

_END = delete(quiet).where(quiet.c.subject == bindparam("who"))


class Place(Protocol):
    """Whatever names a chat."""

    @property
    def platform(self) -> str: ...
    @property
    def id(self) -> str: ...


def subject(person: int | None, chat: Place | None) -> str:
    """The name of a person here or, without one, of a group."""
    if person is not None:
        return f"person:{person}"
    return f"group:{chat.platform}:{chat.id}" if chat is not None else ""


def until(tx: Reading, who: str) -> Instant:
    """When a subject's quiet time ends; 0 if there is none."""
    row = tx.find(quiet, who)
    return 0 if row is None else int(row.until)


def hush(tx: Tx, who: str, to: Instant | None) -> None:
    """Hold back notices for a subject until an instant; None ends its quiet time."""
    tx.change(_END, who=who)
    if to is not None:
        tx.add(quiet, subject=who, until=to)
