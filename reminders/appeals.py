"""The clock of an appeal (C14): its handler hears again before the day of the answer; when that has
passed, it goes to the others of 考核组 who may answer it."""

from collections.abc import Iterator
from datetime import date, timedelta

from commands.appeals import case as cases
from commands.chat.requests import Asking
from commands.filing.deciders import able
from commands.wording.formats import short, weekday
from commands.wording.sentences import say
from db import appeals
from db.appeals import Case
from db.people import NOBODY, Person
from reminders.planning import Occurrence
from reminders.scene import Item, Scene, to_each


def clock(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """The appeals to be answered by tomorrow's workday, and those whose day was yesterday's."""
    today = date.fromisoformat(occurrence.period)
    following = scene.calendar.next_workday(today)
    before = scene.calendar.last_workday(today - timedelta(days=1))
    for case in appeals.open_appeals(scene.tx):
        by = date.fromisoformat(case.entry.fact.details["by"])
        if by == following:
            yield from _told(case, "again", _handlers(case, scene), scene)
        elif before <= by < today:
            yield from _told(case, "over", _others(case, scene), scene)


def _told(case: Case, step: str, people: list[Person], scene: Scene) -> Iterator[Item]:
    text = say(
        f"remind.appeal_{step}",
        number=case.number,
        unit=short(scene.plan, case.entry.fact.unit),
        of=case.of.number,
        reason=case.entry.fact.details.get("reason", ""),
        by=weekday(date.fromisoformat(case.entry.fact.details["by"])),
    )
    yield from to_each(people, text, actions=cases.answer_buttons(case.number))


def _handlers(case: Case, scene: Scene) -> list[Person]:
    """Who was named to answer, if he is here and still may; else everybody who may."""
    may = _able(case, scene)
    named = [person for person in may if person.id == case.entry.fact.details.get("handler")]
    return named or may


def _others(case: Case, scene: Scene) -> list[Person]:
    """Those who may answer besides the one named; he alone where there is nobody else."""
    may = _able(case, scene)
    return [one for one in may if one.id != case.entry.fact.details.get("handler")] or may


def _able(case: Case, scene: Scene) -> list[Person]:
    """Who may answer today: neither of the unit nor the first decider, nor on leave."""
    people = scene.world.people
    asking = Asking(plan=scene.plan, people=people, who=NOBODY, at=scene.now, now=scene.now)
    what = cases.matter_of(asking, case.entry, case.of)
    first = cases.first_decider(scene.tx, case.of)
    return scene.present(one for one in able(scene.plan, people, what) if one.id != first)
