"""One tick: what has come due and not been said goes into the outbox, once.

The row in `reminders`, not whatever ticks, makes a reminder happen once.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from commands import postbox, standing
from commands.chat import Button, Notice
from commands.dispatch import World
from commands.texts import address, date_text, deadline, lines, points, say, short_name, week
from db import ledger
from db.calendar import calendar
from db.people import Person
from db.schema import reminders
from db.tx import Tx
from reminders.planning import HEADS_FROM, TRACKS, Occurrence, occurrences
from scoring.cards import Tallies
from scoring.duties import board, duties
from scoring.moments import DAY, HOUR, Instant, day_of, end_of, period_days
from scoring.periods import per_plan
from scoring.plan import Plan, Unit

USEFUL = 12 * HOUR
"""A reminder that could not be sent in time is still sent this long after it was due."""

LOOK_BACK = 7 * DAY
"""How far back a tick looks for what nobody was there to send; older ones are not recorded."""

ASSESSORS = "考核组"

CODES = {"handover": "dy_handover", "ppt": "ppt.first"}
"""What scoring.duties calls the deadline of a track."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a due reminder is worked out from."""

    plan: Plan
    world: World
    tallies: Tallies
    now: Instant


@per_plan
def _schedule(plan: Plan) -> tuple[Occurrence, ...]:
    return occurrences(plan, calendar(plan.year))


def next_due(now: Instant, world: World) -> Instant | None:
    """The first reminder instant after `now` of any plan, or None."""
    upcoming = []
    for plan in world.plans:
        schedule = _schedule(plan)
        place = bisect_right(schedule, now, key=lambda occurrence: occurrence.at)
        if place < len(schedule):
            upcoming.append(schedule[place].at)
    return min(upcoming, default=None)


def tick(tx: Tx, now: Instant, world: World) -> int:
    """Say whatever came due up to `now` and is not settled; how many messages went out."""
    plan = world.plan(now)
    if plan is None:
        return 0
    owed = [
        occurrence
        for occurrence in _schedule(plan)
        if now - LOOK_BACK < occurrence.at <= now
        and tx.find(reminders, occurrence.rule, "", occurrence.at) is None
    ]
    messages: dict[int, list[Notice]] = {}
    for occurrence in owed:
        useful = now - occurrence.at <= USEFUL
        _settle(tx, occurrence, "", "done" if useful else "skipped", now)
        if not useful:
            continue
        scene = _Scene(plan, world, ledger.tallies(tx, plan), now)
        for notice in _notices(occurrence, scene):
            if notice.person is not None:
                _settle(tx, occurrence, f"person:{notice.person}", "sent", now)
                messages.setdefault(notice.person, []).append(notice)
    for notices in messages.values():
        merged = _merged(notices)
        postbox.post_notice(tx, merged, now)
    return len(messages)


def _settle(tx: Tx, occurrence: Occurrence, audience: str, state: str, now: Instant) -> None:
    if tx.find(reminders, occurrence.rule, audience, occurrence.at) is None:
        tx.add(
            reminders,
            rule=occurrence.rule,
            audience=audience,
            due_at=occurrence.at,
            state=state,
            settled_at=now,
        )


def _merged(notices: list[Notice]) -> Notice:
    """Several due at once to one person are one message."""
    first = notices[0]
    buttons = dict.fromkeys(row for notice in notices for row in notice.buttons)
    return Notice(
        text="\n".join(notice.text for notice in notices),
        person=first.person,
        buttons=tuple(buttons),
        key=first.key,
    )


def _notices(occurrence: Occurrence, scene: _Scene) -> Iterable[Notice]:
    say_to = _digest if occurrence.rule == "digest" else _deadline
    for unit in scene.plan.scored_units:
        yield from say_to(occurrence, unit, scene)


# --- a one-off deadline -------------------------------------------------------------------


def _deadline(occurrence: Occurrence, unit: Unit, scene: _Scene) -> Iterable[Notice]:
    """To those who still owe; what waits for review is not owed (C10)."""
    plan, world = scene.plan, scene.world
    item, term = TRACKS[occurrence.track]
    last = end_of(plan.term(item, term))
    owed = next(
        (
            duty
            for duty in duties(plan, unit, scene.tallies, scene.now)
            if duty.code == CODES[occurrence.track]
        ),
        None,
    )
    if owed is None or not owed.missing:
        return
    for person in _responsible(occurrence, unit, world):
        text = say(
            f"remind.{occurrence.track}"
            if occurrence.days >= 0
            else f"remind.{occurrence.track}_over",
            who=address(person, plan),
            unit=short_name(unit),
            by=deadline(last),
            last=date_text(day_of(last - 1)),
            points=points(owed.points or plan.item[item].max),
            max=plan.item[item].max,
        )
        yield Notice(
            text=text,
            person=person.id,
            buttons=((Button(label=say("button.deadlines"), says="deadlines"),),),
            key=f"remind:{occurrence.rule}:{occurrence.at}:{person.id}",
        )


def _responsible(occurrence: Occurrence, unit: Unit, world: World) -> list[Person]:
    people = list(world.people.officers(unit.code))
    if occurrence.days <= HEADS_FROM or not people:
        people += world.people.heads(unit.code)
    if occurrence.days < 0:
        people += world.people.with_role(ASSESSORS)
    return list({person.id: person for person in people}.values())


# --- the weekly digest --------------------------------------------------------------------


def _digest(occurrence: Occurrence, unit: Unit, scene: _Scene) -> Iterable[Notice]:
    """To heads with a gap this week or month; whoever is complete hears nothing."""
    rows = board(scene.plan, unit, scene.tallies, scene.now)
    if not any(row.missing for row in rows):
        return
    _, sunday = period_days(occurrence.week)
    weekly, monthly = standing.rows_of(rows, "W"), standing.rows_of(rows, "")
    text = lines(
        say(
            "remind.digest",
            unit=short_name(unit),
            week=week(occurrence.week),
            said=standing.counted(weekly) or say("remind.no_week"),
            by=deadline(end_of(sunday)),
        ),
        standing.shown(monthly),
    )
    for head in scene.world.people.heads(unit.code):
        yield Notice(
            text=text,
            person=head.id,
            buttons=((Button(label=say("button.quota"), says=f"quota {unit.code}"),),),
            key=f"remind:digest:{occurrence.at}:{head.id}:{unit.code}",
        )
