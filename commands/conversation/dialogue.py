"""Asking back: the guided dialogue of a 1:1 chat, and {确认|取消}.

A dialogue is nothing but the line typed so far: the next message is put behind it and the whole
is read again. A proposal is the line that {确认} says once more.
"""

from sqlalchemy import bindparam, delete

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Incoming, Reply
from commands.chat.requests import Command, Request, command, shown
from commands.conversation.understanding import Understanding
from commands.grammar.slots import Slot
from commands.wording.sentences import say
from db.engine.tx import Reading, Tx
from db.people import Person
from db.schema import dialogues
from scoring.moments import MINUTE

PATIENCE = 10 * MINUTE
"""A dialogue ends after this long without an answer (contracts 2)."""

_END = delete(dialogues).where(
    dialogues.c.platform == bindparam("platform"),
    dialogues.c.chat == bindparam("chat_id"),
    dialogues.c.account == bindparam("account_id"),
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


@command(
    "answer",
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=("确认", "取消"), required=True),
    ),
    internal=True,
    planless=True,
)
def answer(request: Request, _tx: Tx) -> Reply:
    """{确认|取消}: carried out by commands.dispatch, which alone can say a line again."""
    raise Refusal(say("dialogue.answered", line=request.line))


@command("cancel", "取消", unbound=True, planless=True, never_bare=True)
def cancel(_request: Request, _tx: Tx) -> Reply:
    """End an open dialogue; commands.dispatch has done so already when this is reached."""
    return Reply(text=say("dialogue.cancelled"))
