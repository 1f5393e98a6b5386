"""The clock of an appeal (C14): its handler hears again before the day of the answer; when that has
passed, it goes to the others of 考核组 who may answer it. Whoever was named and is gone, on leave
or without the role by now has somebody in their place from the next morning."""

from collections.abc import Iterator
from datetime import date, timedelta

from commands.appeals import case as cases
from commands.chat.requests import Asking
from commands.wording.formats import short, weekday
from commands.wording.sentences import say
from db import appeals
from db.appeals import Case
from db.people import ADMIN, NOBODY, Person
from reminders.planning import Occurrence
from reminders.scene import Item, Scene, to_each


def clock(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """The appeals to be answered by tomorrow's workday, those whose day was yesterday's, and those
    whose handler is not there."""
    today = date.fromisoformat(occurrence.period)
    following = scene.calendar.next_workday(today)
    before = scene.calendar.last_workday(today - timedelta(days=1))
    for case in appeals.open_appeals(scene.tx):
        by = date.fromisoformat(case.entry.fact.details["by"])
        if today < by <= following:
            yield from _told(case, "again", _handlers(case, scene), scene)
        elif before <= by < today:
            yield from _told(case, "over", _others(case, scene), scene)
        elif today <= by and not _is_there(case, scene):
            yield from _told(case, "stead", _handlers(case, scene)[:1], scene)


def _told(case: Case, step: str, people: list[Person], scene: Scene) -> Iterator[Item]:
    said = {
        "number": case.number,
        "unit": short(scene.plan, case.entry.fact.unit),
        "of": case.of.number,
        "reason": case.entry.fact.details.get("reason", ""),
        "by": weekday(date.fromisoformat(case.entry.fact.details["by"])),
    }
    if people:
        text = say(f"remind.appeal_{step}", **said)
        yield from to_each(people, text, actions=cases.answer_buttons(case.number))
    else:
        yield from to_each(scene.role(ADMIN), say("remind.appeal_nobody", **said))


def _handlers(case: Case, scene: Scene) -> list[Person]:
    return cases.handlers(_asking(scene), scene.tx, case)


def _is_there(case: Case, scene: Scene) -> bool:
    """Whether who was named is here today and still may answer."""
    return [one.id for one in _handlers(case, scene)] == [case.entry.fact.details.get("handler")]


def _others(case: Case, scene: Scene) -> list[Person]:
    """Those who may answer besides the one named; he alone where there is nobody else."""
    asking = _asking(scene)
    may = scene.present(cases.answerers(asking, scene.tx, case.entry.fact, case.of))
    return [one for one in may if one.id != case.entry.fact.details.get("handler")] or may


def _asking(scene: Scene) -> Asking:
    people = scene.world.people
    return Asking(plan=scene.plan, people=people, who=NOBODY, at=scene.now, now=scene.now)
