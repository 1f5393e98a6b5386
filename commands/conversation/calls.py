"""Who was reminded and cannot be written to is called in their group, by name and without the
content (C22): once a day a subject, and at most MOST_CALLED people a message."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from commands.chat.messages import MOST_CALLED, Notice, Outgoing
from commands.chat.requests import Asking
from commands.conversation import places
from commands.conversation.postbox import calling
from commands.wording.sentences import say
from db import outbox
from db.engine.tx import Reading, Tx
from db.people import Directory, directory
from scoring.moments import MINUTE, Instant

FAMILY = "called"
WAIT = MINUTE


def lines(asking: Asking, tx: Reading, told: Iterable[int], subject: str) -> Iterator[Notice]:
    """For the groups of those who are being told, in a minute: whom it has not reached by then. The
    keys of what they are sent begin with the subject, which names the day."""
    units = {asking.people.by_id[number].unit for number in told}
    for chat, unit in places.linked(tx):
        if not unit or unit in units:
            yield Notice(
                text=say("remind.held_any"),
                chat=chat,
                key=f"{FAMILY}:{chat.platform}:{chat.id}:{unit}:{subject}",
                due_at=asking.now + WAIT,
            )


def again(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    """The line as it is when it goes; none if everybody was reached or has written."""
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
