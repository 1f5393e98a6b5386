"""What an event leaves behind: its row in the inbox, its answer in the outbox."""

from bot.wording import say
from commands.chat.messages import Incoming, Notice, Reply
from commands.conversation.postbox import post, post_notice
from commands.onboarding import presence
from commands.wording.formats import cut
from db.accounts import touch_account
from db.engine.tx import Reading, Tx
from db.schema import inbox

Answer = tuple[str, Reply | None]
"""The outcome for the inbox, and the reply."""


def known(tx: Reading, incoming: Incoming) -> bool:
    return tx.find(inbox, incoming.chat.platform, incoming.update) is not None


def keep(tx: Tx, *, incoming: Incoming, answer: Answer) -> None:
    if not known(tx, incoming):
        enter(tx, incoming, answer)


def place(tx: Tx, *, incoming: Incoming) -> None:
    if not known(tx, incoming):
        enter(tx, incoming, ("place", presence.heard(tx, incoming)))


def say_reading(tx: Tx, *, incoming: Incoming, person: int) -> None:
    assert incoming.file is not None  # noqa: S101 - it is what takes long
    name = cut(incoming.file.name)
    text = say("gateway.reading", file=name)
    key = f"{incoming.chat.platform}:{incoming.update}:reading"
    notice = Notice(text=text, person=person, key=key)
    post_notice(tx, notice, incoming.received_at, prefer=incoming.chat.platform)


def enter(tx: Tx, incoming: Incoming, answer: Answer) -> None:
    outcome, reply = answer
    tx.add(
        inbox,
        platform=incoming.chat.platform,
        update=incoming.update,
        received_at=incoming.received_at,
        outcome=outcome,
    )
    chat = incoming.chat
    heard_in_chat = not (chat.group or incoming.presence or incoming.signed_in)
    if incoming.author is not None and heard_in_chat:
        touch_account(tx, chat.platform, incoming.author, chat.id, incoming.received_at)
    if reply is not None:
        post(tx, incoming, reply, incoming.received_at)
