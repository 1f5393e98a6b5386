"""One tick: puts what has come due and is not settled into the outbox, once, as one message per
listener.

The row in `reminders`, not the ticking process, ensures that a reminder is sent only once. What
could not be sent in time is sent late while it still helps, and marked stale after that. What
somebody may not be sent now (night, leave, their own wish) waits, and is worked out again when
it is sent.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from commands.chat.messages import Button, Notice
from commands.conversation import gate, jobs, postbox
from commands.conversation.world import World
from commands.duties.completion import COMPLETE
from commands.reports.deans_approval import UNSEEN
from commands.wording.formats import date_text
from commands.wording.sentences import say
from db import line, outbox, quiet, reminders
from db.calendar import calendar
from db.engine.tx import Reading, Row, Tx
from reminders import appeals, backlog, deadlines, desks, months, turns, weeks, year
from reminders.planning import DAY_OF, MORNING, Occurrence
from reminders.scene import IN_AN_HOUR, NEXT_MORNING, NEXT_WEEK, Item, Scene, press
from reminders.schedule import BEGAN, FIRST_TICK, next_due, pending, schedule
from reminders.tracks import TRACKS
from scoring.moments import MINUTE, Instant, day_of, start_of

__all__ = ["idle", "items", "next_due", "tick"]

"""No reminders are sent between these times of day."""

LATE = 30 * MINUTE
"""From this delay on, a message says that it comes late."""

MOST = 200
"""Put-off rows that one tick takes at most, since the writer has others to serve."""

MOST_ACTIONS = 4

FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""Exceptions that mean a bug; an unreachable database is retried instead."""

log = logging.getLogger("promobot.reminders")

Voice = Callable[[Occurrence, Scene], Iterator[Item]]

VOICES: Mapping[str, Voice] = {
    **dict.fromkeys(TRACKS, deadlines.speak),
    "eve": deadlines.last_call,
    "live": year.live,
    "year": year.year_end,
    "turn": year.turn,
    "monday": weeks.monday,
    "friday": weeks.friday,
    "meeting": weeks.meeting,
    "month": months.month,
    "report": months.report,
    "queue": desks.queue,
    "appeal": appeals.clock,
    "views": desks.views,
    "task": desks.task,
    "settle": desks.settle,
    "backlog": backlog.backlog,
    "agenda": desks.agenda,
    "held": desks.held,
    "health": desks.health,
    "calendar": desks.calendar,
}
"""The function that works out an occurrence, by its family."""

SINGLE: Mapping[str, Callable[[str, Scene], Iterator[Item]]] = {
    UNSEEN: desks.ppt_unseen,
    COMPLETE: weeks.complete,
    line.INHERIT: turns.inherit,
}
"""The function that works out a single row written by a command, given what follows its family."""

SNOOZES = {IN_AN_HOUR: "in_an_hour", NEXT_MORNING: "in_the_morning", NEXT_WEEK: "next_week"}
"""The labels of the snooze buttons."""


@dataclass(frozen=True, slots=True)
class _Due:
    """One item for one listener. `row`: the row that was put off to now, if any."""

    item: Item
    occurrence: Occurrence
    at: Instant
    row: Row | None = None


def idle(tx: Reading, now: Instant, world: World) -> bool:
    """Whether nothing has come due; asked every minute."""
    due = next_due(tx, now, world)
    return due is None or due > now


def tick(tx: Tx, now: Instant, world: World) -> int:
    """Send what came due up to `now` and is not settled, and at most MOST of what was put off. How
    many of both were settled; while it is not 0, there may be more.

    May raise Conflict at the commit if another process was faster, which has then sent it already.
    """
    if reminders.told(tx).newest is None:
        reminders.settle(tx, BEGAN, "", now - FIRST_TICK, reminders.TOLD, now=now)
    world = world.at(now)
    fresh, rows = pending(tx, now, world), reminders.waiting(tx, now, MOST)
    if any(one.family == "held" for one in fresh):
        outbox.expire(tx, now)
    due: dict[str, list[_Due]] = {}
    for one in (*_fresh(tx, fresh, now, world), *_put_off(tx, rows, now, world)):
        due.setdefault(one.item.audience, []).append(one)
    for audience, mine in due.items():
        _say(tx, audience, mine, now)
    return len(fresh) + len(rows)


def items(occurrence: Occurrence, tx: Reading, now: Instant, world: World) -> Iterator[Item]:
    """The items of an occurrence if it is sent now."""
    world, plan = world.at(now), world.plans.by_id(occurrence.plan, now)
    if plan is not None:
        yield from VOICES[occurrence.family](
            occurrence, Scene(tx=tx, plan=plan, world=world, now=now)
        )


# --- what has come due --------------------------------------------------------------------


def _fresh(tx: Tx, due: list[Occurrence], now: Instant, world: World) -> Iterator[_Due]:
    """Settle new occurrences as stale, silenced or failed, or yield the items of each listener."""
    for one in due:
        silent = quiet.until(tx, f"rule:{one.family}") > now
        late = now >= one.until
        state = reminders.SILENCED if silent else reminders.STALE if late else reminders.TOLD
        found = _worked_out(one, tx, now, world) if state == reminders.TOLD else []
        if found is None:
            state = reminders.FAILED
        if reminders.settle(tx, one.rule, "", one.at, state, now=now):
            for item in found or ():
                yield from _now_or_later(tx, _Due(item, one, one.at), now)


def _worked_out(one: Occurrence, tx: Reading, now: Instant, world: World) -> list[Item] | None:
    """The items of an occurrence; None, and a line in the log, if a bug prevents it, so that the
    others still go out."""
    try:
        return list(items(one, tx, now, world))
    except FAULTS:
        log.exception("reminder not worked out", extra={"rule": one.rule})
        return None


def _put_off(tx: Tx, rows: list[Row], now: Instant, world: World) -> Iterator[_Due]:
    """The put-off rows that are still owed."""
    known: dict[str, list[Item]] = {}
    for row in rows:
        try:
            found = _again(tx, row, now, world, known=known)
        except FAULTS:
            log.exception("reminder not worked out", extra={"rule": row.rule})
            reminders.move(tx, row, reminders.FAILED, now=now)
            continue
        if found is None or now >= row.useful_until:
            reminders.move(tx, row, reminders.DROPPED, now=now)
        else:
            yield from _now_or_later(tx, found, now)


def _again(
    tx: Reading, row: Row, now: Instant, world: World, *, known: dict[str, list[Item]]
) -> _Due | None:
    """A put-off row worked out again; one that a head handed on now belongs to the officer.
    `known`: the items of each rule, for the other rows of this tick."""
    family = row.rule.partition(".")[0]
    if family in SINGLE:
        return _single(tx, row, now, world)
    occurrence = schedule(tx, world).of(row.rule, row.due_at)
    if occurrence is None:
        return None
    if row.rule not in known:
        known[row.rule] = _worked_out(occurrence, tx, now, world) or []
    for item in known[row.rule]:
        if item.audience == row.audience:
            return _Due(item, occurrence, row.due_at, row)
    person = world.people.by_id.get(reminders.person_of(row.audience) or 0)
    for item in known[row.rule]:
        if item.for_officer and item.person and person and item.person.unit == person.unit:
            mine = replace(item, person=person, for_officer=False)
            return _Due(mine, occurrence, row.due_at, row)
    return None


def _single(tx: Reading, row: Row, now: Instant, world: World) -> _Due | None:
    """A row that a command wrote for a single person, if it still applies."""
    plan = world.plan(now)
    if plan is None:
        return None
    family, _, rest = row.rule.partition(".")
    occurrence = Occurrence(at=row.due_at, rule=row.rule, plan=plan.id, until=row.useful_until)
    for item in SINGLE[family](rest, Scene(tx=tx, plan=plan, world=world, now=now)):
        if item.audience == row.audience:
            return _Due(item, occurrence, row.due_at, row)
    return None


# --- when somebody may hear it ------------------------------------------------------------


def _now_or_later(tx: Tx, due: _Due, now: Instant) -> Iterator[_Due]:
    """The item if it may be sent now; else write a row that waits until it may."""
    to = _may_hear(tx, due, now)
    if to <= now:
        yield due
        return
    state = reminders.WAITING if to < due.occurrence.until else reminders.DROPPED
    if due.row is not None:
        reminders.move(tx, due.row, reminders.SNOOZED, now=now)
    reminders.settle(
        tx,
        due.occurrence.rule,
        due.item.audience,
        to if state == reminders.WAITING else due.at,
        state,
        now=now,
        until=due.occurrence.until,
    )


def _may_hear(tx: Reading, due: _Due, now: Instant) -> Instant:
    """The first instant from now on that is neither at night nor in the listener's quiet time, nor
    on a day off if the item was due on a workday."""
    person, chat = due.item.person, due.item.chat
    subject = quiet.subject(person.id if person else None, chat)
    at = gate.opens(tx, subject, now)
    known = calendar(tx)
    meant = day_of(due.occurrence.at)
    if known.works(meant) and due.row is None and not known.works(day_of(at)):
        at = gate.opens(tx, subject, start_of(known.next_workday(day_of(at))) + MORNING)
    return at


# --- one message a listener ---------------------------------------------------------------


def _say(tx: Tx, audience: str, due: list[_Due], now: Instant) -> None:
    due = sorted(due, key=lambda one: one.occurrence.family not in TRACKS)  # the urgent first
    first = due[0]
    key = f"remind:{first.occurrence.rule}:{first.at}:{audience}"
    for one in due:
        if one.row is not None:
            reminders.move(tx, one.row, reminders.SENT, now=now, message=key)
        else:
            reminders.settle(
                tx,
                one.occurrence.rule,
                audience,
                one.at,
                reminders.SENT,
                now=now,
                until=one.occurrence.until,
                message=key,
            )
        if one.item.brings and one.item.person is not None:
            jobs.order_for(tx, one.item.person, one.item.brings, one.occurrence.plan, now)
    head = _headline(tx, due, now)
    postbox.post_notice(
        tx,
        Notice(
            text="\n".join([*head, *_texts([one.item for one in due])]),
            person=first.item.person.id if first.item.person else None,
            chat=first.item.chat,
            buttons=_buttons(due, first.at),
            key=key,
            calls=tuple(number for one in due for number in one.item.calls),
        ),
        now,
    )


def _texts(found: list[Item]) -> list[str]:
    """Every text once; of those that address the listener by name, only the first does so."""
    first, *others = dict.fromkeys(item.text for item in found)
    who = found[0].who
    return [first, *(text.removeprefix(f"{who}，") if who else text for text in others)]


def _headline(tx: Reading, due: list[_Due], now: Instant) -> list[str]:
    """The heading of a list before a holiday, or of late reminders."""
    known = calendar(tx)
    for one in due:
        today = day_of(one.occurrence.at)
        listed = one.occurrence.family in TRACKS and one.occurrence.at == start_of(today) + DAY_OF
        if listed and known.works(today):
            holiday = known.holiday_after(today)
            return [say("remind.eve", last=date_text(holiday[1]))] if holiday else []
    late = any(one.row is None and now - one.at > LATE for one in due)
    return [say("remind.catch_up")] if late else []


def _buttons(due: list[_Due], at: Instant) -> tuple[tuple[Button, ...], ...]:
    """The action buttons, then those for handing on, snoozing and 知道了."""
    actions = dict.fromkeys(button for one in due for button in one.item.actions)
    beside = []
    if any(one.item.for_officer for one in due):
        beside.append(press("hand_on", "handon", at))
    snooze = next((one.item.snooze for one in due if one.item.snooze), "")
    if snooze:
        beside.append(press(SNOOZES[snooze], "snooze", f"{snooze} {at}"))
    if any(one.item.to_note for one in due):
        beside.append(press("noted", "noted", at))
    rows = (tuple(actions)[:MOST_ACTIONS], tuple(beside))
    return tuple(row for row in rows if row)
