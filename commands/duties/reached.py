"""Whom a reminder reached and when, shown when a missed deadline is disputed (C13)."""

from collections.abc import Iterator
from dataclasses import dataclass

from commands.wording.formats import moment
from db import months, reminders
from db.engine.tx import Reading
from db.people import Directory
from scoring.moments import Instant, end_of, local
from scoring.plan import Plan

DEADLINES = {
    "dy_handover": (("handover",), "deadline"),
    "ppt": (("ppt", "ppt2"), "second_deadline"),
    "live_team": (("team",), "deadline"),
}
"""The reminder families of an item, and the term after which they came too late."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reminder to a person that the platform accepted."""

    name: str
    at: Instant

    def __str__(self) -> str:
        return f"{self.name} {moment(self.at)}:{local(self.at):%S}"


def deliveries(tx: Reading, plan: Plan, people: Directory, unit: str, item: str) -> list[Delivery]:
    """The reminders of an item that reached a unit before its deadline, oldest first; none for an
    item without a deadline."""
    if item not in DEADLINES:
        return []
    families, term = DEADLINES[item]
    before = end_of(plan.term(item, term))
    names = months.names(tx)
    return [
        Delivery(names.get(person, ""), at)
        for person, at in sorted(_reached(tx, people, unit, families), key=lambda one: one[1])
        if at < before
    ]


def _reached(
    tx: Reading, people: Directory, unit: str, families: tuple[str, ...]
) -> Iterator[tuple[int, Instant]]:
    for person in (*people.officers(unit), *people.heads(unit)):
        for family in families:
            for at in reminders.reached(tx, person.id, family):
                yield person.id, at
