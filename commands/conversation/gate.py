"""The gate in front of every push: nobody is written to at night or in a quiet time of theirs,
what waited together goes as one message, and what has become untrue does not go at all.

Answers to somebody who is writing do not pass here. Delivery asks `let_through` in the
transaction that begins to send a message; `commands.pushes` says what is still true.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from commands.chat.messages import Button, Outgoing
from commands.conversation.packing import readable
from commands.conversation.postbox import reseal
from commands.wording.sentences import lines, say
from db import outbox, plans, quiet
from db.engine.tx import Reading, Row, Tx
from scoring.moments import Instant, day_of, start_of

CARD = "card"
MOST_NAMED = 10

FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""A fault of ours in one message must not hold up the others of its chat."""

log = logging.getLogger("promobot.delivery")

Revise = Callable[[Tx, Outgoing, Sequence[str], Instant], Outgoing | None]
"""What a waiting message says by now, given the parts of its key behind its family; None if there
is nothing to say any more."""


def opens(tx: Reading, subject: str, at: Instant) -> Instant:
    """The first instant from `at` on that is neither at night nor in a subject's quiet time."""
    at = max(at, quiet.until(tx, subject))
    evening, morning = plans.kept(tx).nearest(at).rhythm.quiet
    clock = at - start_of(day_of(at))
    if clock < morning:
        return start_of(day_of(at)) + morning
    if clock >= evening:
        return start_of(day_of(at) + timedelta(days=1)) + morning
    return at


def let_through(
    tx: Tx, rows: Mapping[int, Row], now: Instant, revisers: Mapping[str, Revise]
) -> dict[int, Row]:
    """Of the rows about to be sent, by number, those that go now, as they are to be sent. The
    others wait, are withdrawn, or are said in one of these."""
    passed = {number: row for number, row in rows.items() if row.kind != "notice"}
    pushes = {number: row for number, row in rows.items() if number not in passed}
    if not pushes:
        return passed
    waiting = outbox.due_of(tx, {row.person for row in pushes.values() if row.person}, now)
    said: set[int] = set()
    for number, row in sorted(pushes.items()):
        if number in said:
            continue
        message = readable(row, tx.vault)
        if message is None or message.prompt or (row.person is None and not message.chat.group):
            passed[number] = row
        elif _may_go(tx, row, message, now):
            current = _revised(tx, row, message, now, revisers)
            if current is None:
                continue
            beside = [one for one in waiting if _is_beside(one, row) and one.id not in said]
            others = _revised_too(tx, beside, current, now, revisers)
            said.update(one.id for one, _ in others)
            for one, _ in others:
                outbox.settle(tx, one.id, now, "")
            if others:
                together = {row.id: current, **{one.id: text for one, text in others}}
                current = _merged(current, [together[at] for at in sorted(together)])
            passed[number] = row if current == message else reseal(tx, row, current, now)
    return passed


def _may_go(tx: Tx, row: Row, message: Outgoing, now: Instant) -> bool:
    """Whether it may be sent at this hour; else it is put off until it may."""
    subject = quiet.subject(row.person, message.chat)
    to = quiet.until(tx, subject) if message.issuer is not None else opens(tx, subject, now)
    if to > now:
        outbox.defer(tx, row.id, to)
    return to <= now


def _revised(
    tx: Tx, row: Row, message: Outgoing, now: Instant, revisers: Mapping[str, Revise]
) -> Outgoing | None:
    """What it says by now; what has nothing to say any more is withdrawn."""
    family, *rest = message.key.split(":")
    revise = revisers.get(family)
    try:
        current = message if revise is None else revise(tx, message, rest, now)
    except FAULTS:
        log.exception("push not worked out again", extra={"row": row.id})
        return message
    if current is None:
        outbox.drop(tx, row.id)
    return current


def _is_beside(one: Row, row: Row) -> bool:
    return one.id != row.id and (one.person, one.platform, one.chat) == (
        row.person,
        row.platform,
        row.chat,
    )


def _revised_too(
    tx: Tx, rows: Sequence[Row], first: Outgoing, now: Instant, revisers: Mapping[str, Revise]
) -> list[tuple[Row, Outgoing]]:
    """Those that can be said with the first one: plain texts with plain ones, cards with cards."""
    found = []
    for row in rows:
        message = readable(row, tx.vault)
        if message is None or message.prompt or not _kind(first) or _kind(message) != _kind(first):
            continue
        current = _revised(tx, row, message, now, revisers)
        if current is not None:
            found.append((row, current))
    return found


def _kind(message: Outgoing) -> str:
    if message.key.startswith(f"{CARD}:"):
        return CARD
    return "" if message.buttons or message.files else "plain"


def _merged(first: Outgoing, messages: Sequence[Outgoing]) -> Outgoing:
    """The first as one with all of these, which stand in their order."""
    texts = list(dict.fromkeys(one.text for one in messages))
    if _kind(first) == "plain":
        return replace(first, text="\n".join(texts))
    named = [text.partition("\n")[0] for text in texts[:MOST_NAMED]]
    more = say("push.more", total=len(texts)) if len(texts) > MOST_NAMED else ""
    row = (Button.of(say("button.one_by_one"), "card"), Button.of(say("button.queue"), "queue"))
    text = lines(say("push.cards", total=len(texts)), *named, more)
    return replace(first, text=text, buttons=(row,))
