"""Who was reminded and cannot be written to is called in their group, by name and without the
content (C22): once a day a subject, and at most MOST_CALLED people a message."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from commands.chat.messages import MOST_CALLED, Notice, Outgoing
from commands.conversation import places
from commands.conversation.postbox import calling, post_notice
from commands.wording.sentences import say
from db import outbox
from db.engine.tx import Tx
from db.people import Directory, directory
from scoring.moments import MINUTE, Instant

FAMILY = "called"
SUBJECTS = ("nudge:", "missing:")
"""Keys of what was sent because somebody had 催办 or {提醒他们} done: the day is a part of each."""


def begin(tx: Tx, key: str, person: int | None, now: Instant) -> None:
    """A message was held for somebody: if it is such a reminder, their groups are told in a minute,
    of everybody whom it did not reach by then."""
    whose = directory(tx).by_id.get(person or 0)
    if whose is None or not key.startswith(SUBJECTS):
        return
    subject = key.rpartition(":")[0]
    for chat, unit in places.linked(tx):
        text, _ = said(directory(tx), [whose.id], unit)
        if text:
            notice = Notice(
                text=text,
                chat=chat,
                key=f"{FAMILY}:{chat.platform}:{chat.id}:{unit}:{subject}",
                due_at=now + MINUTE,
            )
            post_notice(tx, notice, now)


def again(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    """The line as it is now: without those who have written meanwhile."""
    _, _, unit, *subject = rest
    text, named = said(directory(tx), outbox.held_about(tx, ":".join(subject)), unit)
    return replace(calling(tx, message, named), text=text) if named else None


def said(people: Directory, waiting: Iterable[int], unit: str) -> tuple[str, tuple[int, ...]]:
    """The line for a group of a unit ("": of all) and whom it names; those never bound are not
    named."""
    found = [
        people.by_id[number]
        for number in dict.fromkeys(waiting)
        if number in people.by_id and number in people.addresses
    ]
    mine = [one for one in found if unit in ("", one.unit)]
    units = list(dict.fromkeys(one.unit for one in mine))
    mine.sort(key=lambda one: units.index(one.unit))
    named = mine[:MOST_CALLED]
    if not named:
        return "", ()
    more = say("remind.and_more", total=len(mine)) if len(mine) > len(named) else ""
    names = "、".join(one.name for one in named)
    return say("remind.held", names=names + more), tuple(one.id for one in named)
