"""What has waited longer than five workdays goes to whoever else may decide on it; where nobody
may, the administrators are told, once."""

from collections.abc import Iterator
from datetime import date

from commands.filing.backlog import WORKDAYS, handed_on
from commands.filing.deciders import DECIDERS, able, matter
from commands.filing.numbers import spans
from commands.wording.formats import address
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Row
from db.people import ADMIN, Person
from reminders.planning import MORNING, Occurrence
from reminders.scene import NEXT_MORNING, Item, Scene, press, to_each
from scoring.moments import start_of


def backlog(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """On each workday, what was handed on since the last one: so each thing is said once."""
    today = date.fromisoformat(occurrence.period)
    now = start_of(today) + MORNING
    before = start_of(scene.calendar.workday(today, -1)) + MORNING
    others: dict[int, list[Row]] = {}
    alone: dict[str, list[Row]] = {}
    people: dict[int, Person] = {}
    for row in ledger.queue(scene.tx, scene.plan.kinds):
        if handed_on(scene.tx, row.since, before) or not handed_on(scene.tx, row.since, now):
            continue
        beside = _beside(row, scene)
        for person in beside:
            people[person.id] = person
            others.setdefault(person.id, []).append(row)
        if not beside:
            alone.setdefault(row.kind, []).append(row)
    for number, rows in others.items():
        text = say(
            "remind.handed_on",
            who=address(people[number], scene.plan),
            total=len(rows),
            days=WORKDAYS,
            numbers=spans([row.fact for row in rows]),
        )
        actions = (press("queue", "queue"),)
        yield Item(person=people[number], text=text, actions=actions, snooze=NEXT_MORNING)
    for kind, rows in alone.items():
        yield from _to_admins(kind, rows, scene)


def _beside(row: Row, scene: Scene) -> list[Person]:
    """Who may decide on it by now beside those whose task it was; not who is on leave."""
    regular = frozenset(scene.plan.kinds[row.kind].deciders)
    what = matter(scene.plan, scene.world.people, row, handed=True)
    found = able(scene.plan, scene.world.people, what)
    return scene.present(one for one in found if one.own_roles.isdisjoint(regular))


def _to_admins(kind: str, rows: list[Row], scene: Scene) -> Iterator[Item]:
    roles = [role for role in scene.plan.kinds[kind].deciders if role in DECIDERS.split()]
    names = [one.name for role in roles for one in scene.world.people.with_role(role)]
    text = say(
        "remind.nobody_else",
        numbers=spans([row.fact for row in rows]),
        word=scene.plan.kinds[kind].word,
        days=WORKDAYS,
        roles="、".join(roles),
        names="、".join(names) or say("remind.no_decider"),
        whose=names[0] if names else roles[0],
    )
    yield from to_each(scene.role(ADMIN), text)
