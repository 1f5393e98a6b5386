"""Asking back: the guided dialogue of a 1:1 chat, and {确认|取消}.

A dialogue is nothing but the line typed so far: the next message is put behind it and the whole
is read again. A proposal is the line that {确认} says once more.
"""

import json
from typing import Any

from sqlalchemy import bindparam, delete, update

from commands.chat.messages import Button, Incoming, Reply, Request
from commands.conversation.registry import Command, Slot, shown
from commands.conversation.router import Understanding
from commands.wording.formats import say
from db.engine.tx import Reading, Tx
from db.people import Person
from db.schema import dialogues, proposals
from scoring.moments import MINUTE, Instant

PATIENCE = 10 * MINUTE
"""A dialogue ends after this long without an answer (contracts 2)."""

STANDS = 24 * 60 * MINUTE
"""A proposal can be confirmed for a day."""

_END = delete(dialogues).where(
    dialogues.c.platform == bindparam("platform"),
    dialogues.c.chat == bindparam("chat_id"),
    dialogues.c.account == bindparam("account_id"),
)
_SETTLE = (
    update(proposals)
    .where(proposals.c.id == bindparam("number"), proposals.c.state == "open")
    .values(state=bindparam("to"), sealed=b"")
)


def key(incoming: Incoming) -> tuple[str, str, str]:
    """Whose dialogue an event may belong to: a person in a chat (C20)."""
    return incoming.chat.platform, incoming.chat.id, incoming.author or ""


def pending(tx: Reading, incoming: Incoming) -> str:
    """The line of the open dialogue of this person in this chat, or ""."""
    row = tx.find(dialogues, *key(incoming))
    if row is None or row.expires_at < incoming.received_at:
        return ""
    return tx.vault.open(bytes(row.sealed), b"dialogue").decode()


def end(tx: Tx, incoming: Incoming) -> None:
    """Forget the open dialogue."""
    platform, chat, account = key(incoming)
    tx.change(_END, platform=platform, chat_id=chat, account_id=account)


def ask(
    tx: Tx,
    incoming: Incoming,
    who: Person,
    command: Command,
    meaning: Understanding,
    *,
    example: str = "",
) -> Reply:
    """Ask for the missing argument: in private step by step, in a group by an example, which is
    the command's own unless another is at hand."""
    example = example or command.example
    if incoming.chat.group and any(slot.kind == "phone" for slot in command.slots):
        return Reply(text=say("dialogue.phone_in_group", word=shown(command)))
    slot: Slot | None = meaning.missing
    question = slot.ask if slot else ""
    if incoming.chat.group:
        return Reply(text=say("dialogue.in_group", ask=question, example=example))
    end(tx, incoming)
    platform, chat, account = key(incoming)
    tx.add(
        dialogues,
        platform=platform,
        chat=chat,
        account=account,
        sealed=tx.vault.seal(meaning.line.encode(), b"dialogue"),
        expires_at=incoming.received_at + PATIENCE,
    )
    return Reply(
        text=say("dialogue.ask", ask=question, example=example),
        buttons=((Button(label=say("button.cancel"), says="cancel"),),),
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

    `answerer`: "" for the asker himself, else who else may confirm: "role:招办", or
    "decider:<fact>" for anybody who may decide on that fact, or "head:<unit>".
    """
    number = keep(tx, request, answerer=answerer)
    return Reply(text=text, buttons=(answer_buttons(number, label, mine=not answerer),))


def keep(tx: Tx, request: Request, *, answerer: str = "") -> int:
    """Keep what was asked, sealed, until its buttons are pressed; the number they name."""
    return tx.add(
        proposals,
        action=request.line.split(" ", 1)[0],
        sealed=tx.vault.seal(_packed(request), b"proposal"),
        person=request.who.id,
        answerer=answerer,
        created_at=request.now,
        expires_at=request.now + STANDS,
        state="open",
    )


def answer_buttons(number: int, label: str = "", *, mine: bool = True) -> tuple[Button, ...]:
    """{确认 …|取消} of a proposal; whoever waits for somebody else can only cancel."""
    yes = Button(label=label or say("button.confirm"), says=f"answer {number} 确认")
    no = Button(label=say("button.cancel"), says=f"answer {number} 取消")
    return (yes, no) if mine else (no,)


def settle(tx: Tx, number: int, to: str) -> bool:
    """Close an open proposal, and keep no longer what was proposed; False when it was closed."""
    return tx.change(_SETTLE, number=number, to=to) == 1


def proposal(tx: Reading, number: int, now: Instant) -> tuple[Any, dict[str, Any]] | None:
    """A proposal's row and what it would say again; None when unknown or too old."""
    row = tx.find(proposals, number)
    if row is None or row.expires_at < now or not row.sealed:
        return None
    return row, json.loads(tx.vault.open(bytes(row.sealed), b"proposal"))


def _packed(request: Request) -> bytes:
    file = request.incoming.file
    return json.dumps(
        {
            "line": request.line,
            "at": request.at,
            "file": [file.name, file.data.hex()] if file else None,
        },
        ensure_ascii=False,
    ).encode()
