"""Proposals: the line that {确认} says again, kept sealed until a button is pressed."""

import json
from typing import Any

from sqlalchemy import bindparam, select, update

from commands.chat.messages import Button, Reply
from commands.chat.requests import Request
from commands.wording.sentences import say
from db.engine.tx import Reading, Tx
from db.people import ADMIN
from db.schema import proposals
from scoring.moments import MINUTE, Instant

STANDS = 24 * 60 * MINUTE
"""How long a proposal can be confirmed: a day."""

FRESH = 10 * MINUTE
"""How long a bare 确认 or 算了 can mean the newest one."""

SECOND_ADMIN = f"role:{ADMIN}"
"""The answerer of what needs a second administrator; while there is no other, a one-time code from
the shell stands for them."""

_NEWEST = (
    select(proposals.c.id)
    .where(
        proposals.c.person == bindparam("who"),
        proposals.c.answerer == SECOND_ADMIN,
        proposals.c.state == "open",
    )
    .order_by(proposals.c.id.desc())
    .limit(1)
)
_NEWEST_OWN = (
    select(proposals.c.id)
    .where(
        proposals.c.person == bindparam("who"),
        proposals.c.answerer == "",
        proposals.c.state == "open",
        proposals.c.created_at >= bindparam("since"),
    )
    .order_by(proposals.c.id.desc())
    .limit(1)
)
_NEWEST_FOR = (
    select(proposals.c.id)
    .where(
        proposals.c.answerer == bindparam("answerer"),
        proposals.c.state == "open",
        proposals.c.expires_at >= bindparam("now"),
    )
    .order_by(proposals.c.id.desc())
    .limit(1)
)
_FOR_OTHERS = (
    select(proposals.c.id)
    .where(
        proposals.c.answerer != "",
        proposals.c.state == "open",
        proposals.c.expires_at >= bindparam("now"),
    )
    .order_by(proposals.c.id)
)
_SETTLE = (
    update(proposals)
    .where(proposals.c.id == bindparam("number"), proposals.c.state == "open")
    .values(state=bindparam("to"), sealed=b"")
)


def propose(
    tx: Tx,
    request: Request,
    text: str,
    *,
    label: str = "",
    answerer: str = "",
) -> Reply:
    """Show what would happen with {确认|取消}; nothing is done yet.

    `answerer`: "" if the asker confirms, else who does: "role:招办", "head:<unit>",
    "decider:<fact>" for anybody who may decide on that fact, or "second:<fact>" for anybody who
    may stand by such a decision.
    """
    number = keep(tx, request, answerer=answerer)
    return Reply(text=text, buttons=(answer_buttons(number, label, mine=not answerer),))


def heard(tx: Tx, request: Request, text: str) -> Reply:
    """Show the line that a wish was heard as with {确认|改一下|取消}. Confirmed, it is carried out
    as if it had been typed, so that what asks for itself still does."""
    number = keep(tx, request, typed=True)
    yes, no = answer_buttons(number)
    return Reply(
        text=text, buttons=((yes, Button.of(say("button.edit"), "answer", f"{number} 改一下"), no),)
    )


def keep(tx: Tx, request: Request, *, answerer: str = "", typed: bool = False) -> int:
    """Keep the request, sealed, until its buttons are pressed; return the number they name."""
    return tx.add(
        proposals,
        action=request.line.split(" ", 1)[0],
        sealed=tx.vault.seal(_packed(request, typed), b"proposal"),
        person=request.who.id,
        answerer=answerer,
        created_at=request.now,
        expires_at=request.now + STANDS,
        state="open",
    )


def answer_buttons(number: int, label: str = "", *, mine: bool = True) -> tuple[Button, ...]:
    """{确认 …|取消} of a proposal; an asker who needs somebody else's answer can only cancel."""
    yes = Button.of(label or say("button.confirm"), "answer", f"{number} 确认")
    no = Button.of(say("button.cancel"), "answer", f"{number} 取消")
    return (yes, no) if mine else (no,)


def settle(tx: Tx, number: int, to: str) -> bool:
    """Close an open proposal and erase its content; False if it was closed already."""
    return tx.change(_SETTLE, number=number, to=to) == 1


def proposal(tx: Reading, number: int, now: Instant) -> tuple[Any, dict[str, Any]] | None:
    """A proposal's row and its kept request; None if unknown, settled or too old."""
    row = tx.find(proposals, number)
    if row is None or row.expires_at < now or not row.sealed:
        return None
    return row, json.loads(tx.vault.open(bytes(row.sealed), b"proposal"))


def newest_for_second(tx: Reading, person: int) -> int | None:
    """The number of a person's newest open proposal that needs a second administrator."""
    rows = tx.run(_NEWEST, who=person)
    return rows[0].id if rows else None


def newest_for(tx: Reading, answerer: str, now: Instant) -> int | None:
    """The number of the newest proposal that waits for this answerer."""
    rows = tx.run(_NEWEST_FOR, answerer=answerer, now=now)
    return rows[0].id if rows else None


def newest_own(tx: Reading, person: int, now: Instant) -> int | None:
    """The number of the newest proposal of the last minutes that waits for this person."""
    rows = tx.run(_NEWEST_OWN, who=person, since=now - FRESH)
    return rows[0].id if rows else None


def for_others(tx: Reading, now: Instant) -> list[int]:
    """The numbers of the open proposals that somebody else than their asker answers, oldest
    first."""
    return [int(row.id) for row in tx.run(_FOR_OTHERS, now=now)]


def _packed(request: Request, typed: bool) -> bytes:
    """The line, and of its file what its command has read, so that nothing is read again."""
    return json.dumps(
        {
            "line": request.line,
            "at": request.at,
            "typed": typed,
            "opened": _opened(request),
        },
        ensure_ascii=False,
    ).encode()


def _opened(request: Request) -> list[Any] | None:
    """A file's name and what was read of it; a picture is kept elsewhere."""
    file = request.incoming.file
    if file is None or file.opened is None or file.opened.plain is None:
        return None
    return [file.name, file.opened.plain]
