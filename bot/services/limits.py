"""What an event and its answer count for in the patience with its account."""

from dataclasses import replace

from bot.services.patience import Mood, Patience
from bot.wording import say
from commands.chat.messages import Incoming, Notice, Reply


def at_the_door(patience: Patience, incoming: Incoming) -> Mood:
    """Whether an event is looked at: asked before its text is read at all."""
    account, now = _account(incoming), incoming.received_at
    mood = patience.mood(account, now, "event")
    if mood == "fine" and incoming.press is not None:
        mood = patience.mood(account, now, "press")
    elif mood == "fine" and incoming.file is not None and to_us(incoming):
        mood = patience.mood(account, now, "file")
    return mood


def typed(patience: Patience, incoming: Incoming) -> Mood:
    """How to take an event that is answered: each but a press is a typed command."""
    if incoming.press is not None or incoming.author is None or _goes_on(incoming):
        return "fine"
    return patience.mood(_account(incoming), incoming.received_at)


def _goes_on(incoming: Incoming) -> bool:
    """Whether it is a further picture of an album, which is one message to whoever sends it."""
    return bool(incoming.album) and not incoming.text


def pressed_again(patience: Patience, incoming: Incoming) -> bool:
    """Whether this press was made on this card by this account a moment ago."""
    if not incoming.press or not incoming.message:
        return False
    press = _account(incoming), incoming.chat.id, incoming.message, incoming.press
    return patience.pressed_again(press, incoming.update, incoming.received_at)


def with_fewer_notices(patience: Patience, incoming: Incoming, reply: Reply) -> Reply:
    """One line in place of the notices to one person that one account causes beyond its limit:
    what they point to stands in that person's lists."""
    kept: list[Notice] = []
    for notice in reply.notices:
        mood: Mood = "fine"
        if notice.person is not None:
            told = f"{_account(incoming)} tells {notice.person}"
            mood = patience.mood(told, incoming.received_at, "notice")
        if mood == "fine":
            kept.append(notice)
        elif mood == "warn":
            kept.append(Notice(text=say("gateway.told_enough"), person=notice.person))
    return replace(reply, notices=tuple(kept))


def to_us(incoming: Incoming) -> bool:
    """Whether an event is said to us, as far as can be told without reading it."""
    return incoming.press is not None or incoming.addressed or not incoming.chat.group


def _account(incoming: Incoming) -> str:
    """Whose limits an event counts for; a channel or an anonymous administrator is its chat."""
    who = f"chat {incoming.chat.id}" if incoming.author is None else incoming.author
    return f"{incoming.chat.platform}:{who}"
