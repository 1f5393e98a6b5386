"""Events of a chat without a message: a group gets another id, the bot is added or removed, a
person stops the bot or starts it again."""

from collections.abc import Sequence

from commands.chat.messages import Incoming, Notice, Reply
from commands.conversation.postbox import post_notice
from commands.wording.sentences import lines, say
from db import accounts, chats
from db.engine.tx import Tx
from db.people import ADMIN, directory
from scoring.moments import day_of


def heard(tx: Tx, incoming: Incoming) -> Reply | None:
    """Record what happened to the chat; return what to say there, if anything."""
    chat = incoming.chat
    if incoming.moved_to:
        chats.move(tx, chat.platform, chat.id, incoming.moved_to)
        return None
    if incoming.presence == "contacts":
        _contacts_changed(tx, incoming)
        return None
    if chat.group:
        if incoming.presence == "left":
            _shown_out(tx, incoming)
            return None
        chats.note_rights(tx, chat.platform, chat.id, chat.title, " ".join(incoming.lacks))
        return _let_in(tx, incoming) if incoming.presence == "came" else _rights_of(incoming)
    if incoming.author is not None:
        if incoming.presence == "came":
            accounts.touch_account(
                tx, chat.platform, incoming.author, chat.id, incoming.received_at
            )
        else:
            accounts.mark_unreachable(tx, chat.platform, incoming.author)
    return None


def _let_in(tx: Tx, incoming: Incoming) -> Reply | None:
    """Say at once who can link the group, so that nobody has to ask."""
    place = (incoming.chat.platform, incoming.chat.id)
    subject = f"group {place[0]}:{place[1]}"
    if place in chats.linked(tx) or not chats.first_today(tx, subject, incoming.received_at):
        return None
    names = "、".join(admin.name for admin in directory(tx).with_role(ADMIN)[:3])
    text = say("speaking.not_linked", admins=names or say("speaking.no_admin"))
    return Reply(text=lines(text, missing(incoming.lacks)))


def _rights_of(incoming: Incoming) -> Reply:
    """What the bot can do now, said where somebody has just changed it."""
    return Reply(text=missing(incoming.lacks) or say("speaking.all_rights"))


def missing(lacks: Sequence[str]) -> str:
    """What does not work for want of rights in a group, and the mend; "" if nothing is missing."""
    return say(f"speaking.lacks_{'_'.join(lacks)}") if lacks else ""


def _contacts_changed(tx: Tx, incoming: Incoming) -> None:
    """Tell the administrators, once a day; the roster itself is never changed on its own."""
    today = day_of(incoming.received_at).isoformat()
    for admin in directory(tx).with_role(ADMIN):
        notice = Notice(
            text=say("speaking.contacts"), person=admin.id, key=f"contacts:{today}:{admin.id}"
        )
        post_notice(tx, notice, incoming.received_at, prefer=incoming.chat.platform)


def _shown_out(tx: Tx, incoming: Incoming) -> None:
    """Unlink a group that the bot was removed from, and tell the administrators."""
    chat = incoming.chat
    title = chats.unlink(tx, chat.platform, chat.id)
    if title is None:
        return
    for admin in directory(tx).with_role(ADMIN):
        post_notice(
            tx,
            Notice(
                text=say("speaking.shown_out", title=title or chat.id),
                person=admin.id,
                key=f"out:{chat.platform}:{chat.id}:{incoming.update}:{admin.id}",
            ),
            incoming.received_at,
            prefer=chat.platform,
        )
