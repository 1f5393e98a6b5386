"""Questions back: the guided dialogue of a 1:1 chat, and {确认|取消}.

A dialogue is only the line typed so far: the next message is appended and the whole line is
read again. A proposal is the line that {确认} says again.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import bindparam, delete

from commands.chat.errors import Refusal
from commands.chat.messages import MAX_BUTTON, Button, Incoming, Reply
from commands.chat.requests import Command, Request, command, shown
from commands.conversation import copying, proposals
from commands.conversation.understanding import Understanding
from commands.grammar.slots import Slot
from commands.wording.sentences import say
from db.engine.tx import Reading, Tx
from db.people import Person
from db.schema import dialogues
from scoring.moments import MINUTE, Instant
from scoring.values import frozen

PATIENCE = 10 * MINUTE
"""A dialogue ends after this long without an answer (contracts 2)."""

_END = delete(dialogues).where(
    dialogues.c.platform == bindparam("platform"),
    dialogues.c.chat == bindparam("chat_id"),
    dialogues.c.account == bindparam("account_id"),
)


Place = tuple[str, str, str]
"""Platform, chat and account; without an account it is what the chat itself waits for."""


def key(incoming: Incoming) -> Place:
    """Whose dialogue an event may belong to: a person in a chat (C20)."""
    return incoming.chat.platform, incoming.chat.id, incoming.author or ""


@frozen
class Pending:
    """An open dialogue. `line`: what was said so far; `slot`: the argument that was asked for, ""
    where the line may be complete and only waits for more; `optional`: it may stay empty;
    `misses`: answers that gave nothing."""

    line: str
    slot: str = ""
    optional: bool = False
    misses: int = 0


def pending(tx: Reading, incoming: Incoming) -> Pending | None:
    """The open dialogue of this person in this chat."""
    said = kept(tx, key(incoming), incoming.received_at)
    return None if said is None else Pending(**json.loads(said))


def keep(tx: Tx, incoming: Incoming, open_one: Pending) -> None:
    """Wait for the next message of this person in this chat, in place of what waited before."""
    said = json.dumps(asdict(open_one), ensure_ascii=False)
    put(tx, key(incoming), said, incoming.received_at)


def end(tx: Tx, incoming: Incoming) -> None:
    """Forget the open dialogue."""
    forget(tx, key(incoming))


def kept(tx: Reading, place: Place, now: Instant) -> str | None:
    """What is kept at a place and has not ended."""
    row = tx.find(dialogues, *place)
    if row is None or row.expires_at < now:
        return None
    return tx.vault.open(bytes(row.sealed), b"dialogue").decode()


def put(tx: Tx, place: Place, said: str, now: Instant) -> None:
    """Keep something sealed there for as long as a dialogue waits, in place of what was kept."""
    forget(tx, place)
    platform, chat, account = place
    tx.add(
        dialogues,
        platform=platform,
        chat=chat,
        account=account,
        sealed=tx.vault.seal(said.encode(), b"dialogue"),
        expires_at=now + PATIENCE,
    )


def forget(tx: Tx, place: Place) -> None:
    """Keep nothing at a place any more."""
    platform, chat, account = place
    tx.change(_END, platform=platform, chat_id=chat, account_id=account)


def ask(
    tx: Tx,
    incoming: Incoming,
    who: Person,
    command: Command,
    meaning: Understanding,
    *,
    example: str = "",
    misses: int = 0,
) -> Reply:
    """Ask for the missing argument: step by step in private, by an example in a group. The
    command's own example is used unless another is given."""
    example = example or command.example
    if incoming.chat.group and any(slot.kind == "phone" for slot in command.slots):
        return Reply(text=say("dialogue.phone_in_group", word=shown(command)))
    slot: Slot | None = meaning.missing
    question = say(slot.ask) if slot and slot.ask else ""
    if incoming.chat.group:
        return Reply(text=say("dialogue.in_group", ask=question, example=example))
    waits = Pending(
        line=meaning.line,
        slot=slot.name if slot else "",
        optional=bool(slot and slot.also and slot.ask == slot.also),
        misses=misses,
    )
    keep(tx, incoming, waits)
    cancel = Button.of(say("button.cancel"), "cancel")
    usual = tuple(_usual(meaning.line, slot)) if slot else ()
    return Reply(
        text=say("dialogue.ask", ask=question, example=example),
        buttons=(
            *((usual,) if usual else ()),
            (cancel, *copying.button(say("button.copy_example"), example)),
        ),
        asks=True,
    )


def _usual(line: str, slot: Slot) -> Iterator[Button]:
    """The usual values of an argument, each as the whole line, where that fits on a button."""
    for key in slot.ready:
        word = say(key)
        button = Button(label=word, says=f"{line} {word}")
        if len(button.says.encode()) <= MAX_BUTTON:
            yield button


@command(
    "answer",
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=("确认", "取消", "改一下"), required=True),
    ),
    internal=True,
    planless=True,
)
def answer(request: Request, _tx: Tx) -> Reply:
    """{确认|取消}: carried out by commands.dispatch, the only place that can repeat a line."""
    raise Refusal(say("dialogue.answered", line=request.line))


@command("cancel", "取消", unbound=True, planless=True, never_bare=True)
def cancel(request: Request, tx: Tx) -> Reply:
    """End an open dialogue, which the front door has already done, or drop the newest proposal."""
    return drop(request, tx)


def drop(request: Request, tx: Tx) -> Reply:
    """Drop what waits for the asker's 确认, if that was asked just now."""
    number = proposals.newest_own(tx, request.who.id, request.now)
    if number is not None:
        proposals.settle(tx, number, "cancelled")
    return Reply(text=say("dialogue.cancelled"))
