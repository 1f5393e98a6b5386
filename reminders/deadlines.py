"""Reminders of one-off deadlines, to those who still owe, worded by how near the deadline is.

Officers are told first, heads from three days before, assessors when it is missed (analysis e,
rules 4 and 6). What waits for review is the reviewer's to do, not the reporter's (C10).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from commands.chat.messages import Button
from commands.filing.deciders import decidable
from commands.wording.formats import (
    address,
    date_text,
    deadline,
    points,
    short,
    short_name,
    weekday,
)
from commands.wording.sentences import lines, say
from db import ledger, reminders
from db.people import OFFICER, Person
from reminders.planning import Occurrence
from reminders.scene import (
    ASSESSORS,
    DEAN,
    IN_AN_HOUR,
    MEDIA,
    NEXT_MORNING,
    Item,
    Scene,
    press,
    to_each,
)
from reminders.tracks import TRACKS, Track, tracks
from scoring.duties import Duty, duties
from scoring.moments import day_of, end_of
from scoring.plan import Plan, Unit
from scoring.verdicts import ZERO

DUTY_ASKED_FROM = 7
"""From this many days before a deadline on a day off, it is asked who will be on duty."""

NAMED = 6

DOES = {
    "handover": ("handover", "handover"),
    "ppt": ("ppt", "ppt"),
    "ppt2": ("ppt", "ppt"),
    "team": ("recommend", "recommend"),
}
"""The button for doing it: the key of its label and what it says."""


def speak(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """The items of an occurrence of a track."""
    track = TRACKS[occurrence.family]
    if occurrence.rule.endswith(".ended"):
        yield from _ended(track, scene)
        return
    yield from _to_units(track, occurrence, scene)
    if occurrence.days < 0:
        yield from _to_assessors(track, scene)
    elif track.code == "handover" and occurrence.days <= DUTY_ASKED_FROM:
        yield from _to_media(track, scene)
    elif track.item == "ppt" and 0 < occurrence.days <= scene.plan.rhythm.heads_from:
        yield from _to_dean(track, scene)


def last_call(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """The afternoon before a holiday: whatever ends during it and is still open, in one line, as
    the list was said in the morning."""
    today = day_of(scene.now)
    back = scene.calendar.next_workday(date.fromisoformat(occurrence.period))
    during = [track for track in tracks(scene.plan) if today < _last(track, scene) < back]
    for unit in scene.plan.scored_units:
        yield from _still_open(unit, during, occurrence, scene)
    for track in during:
        if track.item == "ppt":
            yield from _to_dean(track, scene)


def _still_open(
    unit: Unit, during: list[Track], occurrence: Occurrence, scene: Scene
) -> Iterator[Item]:
    left: dict[Person, list[tuple[Track, Duty]]] = {}
    for track in during:
        owed = _owed(track, unit, scene)
        if owed is not None and owed.missing:
            for person in _responsible(track, unit, occurrence, scene):
                left.setdefault(person, []).append((track, owed))
    for person, open_ones in left.items():
        who = address(person, scene.plan)
        said = (say(f"remind.{track.code}_left", missing=owed.missing) for track, owed in open_ones)
        yield Item(
            person=person,
            who=who,
            text=say("remind.eve_left", who=who, unit=short_name(unit), said="、".join(said)),
            actions=tuple(_does(track) for track, _ in open_ones),
            snooze=NEXT_MORNING,
            for_officer=OFFICER not in person.roles and bool(scene.officers(unit)),
        )


# --- to the units -------------------------------------------------------------------------


def _to_units(track: Track, occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    for unit in scene.plan.scored_units:
        owed = _owed(track, unit, scene)
        if owed is None or not owed.missing:
            continue
        for person in _responsible(track, unit, occurrence, scene):
            who = address(person, scene.plan)
            yield Item(
                person=person,
                who="" if occurrence.days < 0 else who,
                text=_text(track, owed, unit, who, occurrence=occurrence, scene=scene),
                actions=(_does(track),),
                snooze=IN_AN_HOUR if _is_today(track, scene) else NEXT_MORNING,
                for_officer=OFFICER not in person.roles and bool(scene.officers(unit)),
            )


def _owed(track: Track, unit: Unit, scene: Scene) -> Duty | None:
    found = duties(scene.plan, unit, scene.tallies, scene.now)
    return next((duty for duty in found if duty.code == track.duty), None)


def _responsible(track: Track, unit: Unit, occurrence: Occurrence, scene: Scene) -> list[Person]:
    officers, heads = scene.officers(unit), scene.heads(unit)
    if track.for_heads and heads:
        return heads
    if occurrence.days <= scene.plan.rhythm.heads_from or not officers:
        return scene.present([*officers, *heads])
    return officers


def _text(
    track: Track,
    owed: Duty,
    unit: Unit,
    who: str,
    *,
    occurrence: Occurrence,
    scene: Scene,
) -> str:
    plan, last = scene.plan, _last(track, scene)
    over = occurrence.days < 0
    key = "_over" if over else "_today" if _is_today(track, scene) else ""
    rest = [duty for duty in duties(plan, unit, scene.tallies, scene.now) if not duty.missed]
    following = next((duty for duty in rest if duty.item == track.item), None)
    return lines(
        say(
            f"remind.{track.code}{key}",
            who=who,
            unit=short_name(unit),
            by=deadline(end_of(last)),
            day=weekday(last),
            last=date_text(last),
            points=points(owed.points or plan.item[track.item].max),
            max=plan.item[track.item].max,
            each=points(_seat(plan)),
            missing=owed.missing,
            next=deadline(following.deadline) if following else "",
            then=points(following.points) if following and following.points else "0",
        ),
        "" if over else _who_is_there(track, last, scene),
    )


def _seat(plan: Plan) -> Decimal:
    """What one teacher of the live-stream team is worth."""
    worth: Decimal = plan.term("live_team", "seat") if "live_team" in plan.item else ZERO
    return worth


def _who_is_there(track: Track, last: date, scene: Scene) -> str:
    """Who is on duty on a deadline that is a day off (C21); for a PPT, until when the dean is."""
    if scene.calendar.works(last) or (last - day_of(scene.now)).days > scene.plan.rhythm.heads_from:
        return ""
    before = scene.calendar.last_workday(last)
    gone = day_of(scene.now) > before
    if track.item == "ppt":
        key = "dean_today" if day_of(scene.now) == before else "dean_until"
        return "" if gone else say(f"remind.{key}", day=weekday(before))
    if track.code != "handover":
        return ""
    hours = scene.calendar.duty.get(("media_center", last))
    if hours is None or hours == "无":
        key = "gone" if gone else "unknown" if hours is None else "none"
        return say(f"remind.duty_{key}", day=weekday(last), before=weekday(before))
    return say("remind.duty", day=weekday(last), hours=hours)


def _last(track: Track, scene: Scene) -> date:
    last: date = scene.plan.term(track.item, track.term)
    return last


def _is_today(track: Track, scene: Scene) -> bool:
    return day_of(scene.now) == _last(track, scene)


def _does(track: Track) -> Button:
    label, line = DOES[track.code]
    return press(label, line)


# --- to the others ------------------------------------------------------------------------


def _open(track: Track, scene: Scene) -> list[Unit]:
    """The units that still have to hand something in."""
    return [
        unit
        for unit in scene.plan.scored_units
        if (owed := _owed(track, unit, scene)) is not None and owed.missing
    ]


def named(units: list[Unit]) -> str:
    """艺术、健康 等 9 个部门."""
    said = "、".join(short_name(unit) for unit in units[:NAMED])
    key = "remind.units" if len(units) <= NAMED else "remind.more_units"
    return say(key, said=said, total=len(units))


def _to_media(track: Track, scene: Scene) -> Iterator[Item]:
    """Which accounts are still missing, and whether somebody is on duty on a day off."""
    units, last = _open(track, scene), _last(track, scene)
    if not units:
        return
    unknown = not scene.calendar.works(last) and not any(
        day == last and unit == "media_center" for unit, day in scene.calendar.duty
    )
    text = lines(
        say("remind.handover_open", units=named(units), by=deadline(end_of(last))),
        say("remind.duty_asked", day=weekday(last), short=date_text(last)) if unknown else "",
    )
    yield from to_each(scene.role(MEDIA), text, actions=(press("queue", "queue"),))


def _to_dean(track: Track, scene: Scene) -> Iterator[Item]:
    """What waits for the dean, whose approval must come in time."""
    waiting = [row for row in ledger.queue(scene.tx, ("ppt",)) if row.unit]
    if not waiting:
        return
    last = _last(track, scene)
    first = scene.calendar.last_workday(last)
    off = "" if first == last else say("remind.last_day_in", day=weekday(first))
    owed = next(
        (found for row in waiting if (found := _owed(track, scene.plan.by_code[row.unit], scene))),
        None,
    )
    for dean in scene.role(DEAN):
        rows = decidable(scene.plan, scene.world.people, dean, waiting)
        if not rows:
            continue
        text = say(
            "remind.dean",
            who=address(dean, scene.plan),
            total=len(rows),
            said="、".join(f"#{row.fact} {short(scene.plan, row.unit)}" for row in rows[:NAMED]),
            by=deadline(end_of(last)),
            points=points(owed.points) if owed and owed.points else "0",
            off=off,
        )
        yield Item(
            person=dean, text=text, actions=(press("one_by_one", "card"),), snooze=IN_AN_HOUR
        )


def _to_assessors(track: Track, scene: Scene) -> Iterator[Item]:
    units = _open(track, scene)
    if not units:
        return
    text = say(
        "remind.missed",
        word=scene.plan.item[track.item].word,
        last=date_text(_last(track, scene)),
        units=named(units),
    )
    yield from to_each(scene.role(ASSESSORS), text, to_note=True)


def _ended(track: Track, scene: Scene) -> Iterator[Item]:
    """If nobody has confirmed for some workdays, say so once more, and end the reminding."""
    units = _open(track, scene)
    noted = reminders.noted(scene.tx, f"{track.code}.over")
    if not units or noted:
        return
    text = say(
        "remind.ended" if track.late else "remind.closed",
        word=scene.plan.item[track.item].word,
        last=date_text(_last(track, scene)),
        units=named(units),
    )
    yield from to_each(scene.role(ASSESSORS), text)
