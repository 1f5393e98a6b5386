"""All occurrences of all plans, cached until the school's calendar or a plan changes."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from commands.conversation.world import World
from db import reminders
from db.calendar import calendar
from db.engine.tx import Reading
from db.plans import Shelf
from reminders.planning import IN_TURN, Occurrence, occurrences
from scoring.moments import MINUTE, Instant

BEGAN = "start"
"""The rule of the row that records the first tick; nothing is owed from before it."""

FIRST_TICK = 2 * MINUTE
"""What came due within this time before the very first tick is still sent."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every occurrence in order, and by its rule."""

    all: tuple[Occurrence, ...]
    by_rule: Mapping[str, tuple[Occurrence, ...]]

    def of(self, rule: str, at: Instant) -> Occurrence | None:
        """The occurrence behind a put-off row: the last of its rule up to an instant."""
        found = [one for one in self.by_rule.get(rule, ()) if one.at <= at]
        return found[-1] if found else None


def schedule(tx: Reading, world: World) -> Schedule:
    """The schedule of all plans by the current calendar."""
    return tx.cached("schedule", partial(_load, shelf=world.plans))


def _load(tx: Reading, shelf: Shelf) -> Schedule:
    known = calendar(tx)
    found = (
        one
        for year in shelf.by_year
        for revision, since, until in shelf.spans(year)
        for one in occurrences(revision.plan, known)
        if since <= one.at < until
    )
    every = sorted(found, key=IN_TURN)
    by_rule: dict[str, tuple[Occurrence, ...]] = {}
    for one in every:
        by_rule[one.rule] = (*by_rule.get(one.rule, ()), one)
    return Schedule(tuple(every), by_rule)


def pending(tx: Reading, now: Instant, world: World) -> list[Occurrence]:
    """What has come due up to now and is not settled, in order."""
    every, told = schedule(tx, world).all, reminders.told(tx)
    since = now - FIRST_TICK
    if told.newest is not None:
        since = max(told.began, told.newest - reminders.LOOK_BACK)
    said = {rule for rule, _ in told.keys}
    newest = now if told.newest is None else told.newest
    first = bisect_right(every, since, key=lambda one: one.at)
    last = bisect_right(every, now, key=lambda one: one.at)
    return [
        one
        for one in every[first:last]
        # What a calendar change moved into the past may have been sent at its old time.
        if (one.rule, one.at) not in told.keys and (one.at >= newest or one.rule not in said)
    ]


def next_due(tx: Reading, now: Instant, world: World) -> Instant | None:
    """When there is next something to send or settle; None: never."""
    overdue = pending(tx, now, world)
    every = schedule(tx, world).all
    following = bisect_right(every, now, key=lambda one: one.at)
    instants = [
        *(one.at for one in overdue[:1]),
        *(one.at for one in every[following : following + 1]),
    ]
    if (at := reminders.next_waiting(tx)) is not None:
        instants.append(at)
    return min(instants, default=None)
