"""更正: who did what, and why, since a month was reported: to a fact, to a reading, to the school's
calendar, to a head-count."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from commands.months.report import Cause
from commands.months.scene import Scene
from commands.wording.formats import date_text
from commands.wording.sentences import say, say_first
from db import calendar as calendars
from db import ledger, months, plans, settings, workdays
from db.months import Heads
from scoring.facts import Verb
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.planshow import read_as

COUNTED = "interaction"
"""The item that is judged by 在校人数."""


def cause(scene: Scene, number: int, since: Heads) -> Cause:
    """What happened to a fact after it was reported: its last decision, with the appeal that asked
    for it; or that it came late, or in whose place. The reason is left out for a lead (C7)."""
    entry = ledger.entry(scene.tx, number)
    if entry is None:
        return Cause(number=number, what="", verb="", who="", at=0, why="")
    taken = ledger.decided(scene.tx, number)
    judged = [one for one in taken if one.verb is not Verb.REOPEN]
    kind, fact = scene.plan.kinds[entry.fact.kind], entry.fact
    if judged:
        last = judged[-1]
        verb = say_first(f"verb.{last.verb.value}_{fact.kind}", f"verb.{last.verb.value}")
        person, at = last.person, last.recorded_at
        asked = [one.reason for one in taken if one.verb is Verb.REOPEN][-1:]
        why = "；".join(filter(None, (*asked, last.reason)))
    else:
        verb = say("document.late") if number > since.facts else say("document.reported")
        person, at, why = fact.person, fact.recorded_at, _in_place(entry)
    return Cause(
        number=number,
        what=kind.word,
        verb=verb,
        who=scene.names.get(person, ""),
        at=at,
        why="" if fact.kind == months.LEAD else why,
    )


def _in_place(entry: ledger.Entry) -> str:
    """The upheld appeal for which a roll was entered anew, else in whose place a fact stands."""
    upheld = entry.fact.details.get("upheld")
    if upheld:
        return say("resolve.by", number=upheld[-1])
    return say("document.replaces", number=entry.supersedes) if entry.supersedes else ""


def switches(scene: Scene, item: str, since: Instant) -> Iterator[Cause]:
    """The readings of an item that were switched since a moment: who proposed and who agreed."""
    revisions = plans.kept(scene.tx).by_year.get(scene.plan.year, ())
    bears_on = scene.plan.item[item].readings if item in scene.plan.item else ()
    for before, after in pairwise(revisions):
        if not since < after.in_force_from <= scene.known:
            continue
        for number in bears_on:
            if before.plan.reads(number) == after.plan.reads(number):
                continue
            value = read_as(after.plan.readings[number])
            head = say("readings.why", number=number, value=value, why="")
            yield Cause(
                number=0,
                what=say("document.reading", number=number),
                verb=say("document.switched", value=value),
                who="、".join(filter(None, (after.by, after.second))),
                at=after.in_force_from,
                why=after.why.removeprefix(head).strip(),
            )


def calendar(scene: Scene, item: str, since: Instant) -> Iterator[Cause]:
    """The days that the school has made days off or workdays since a moment, and that moved a
    deadline of an item (A02): who set each."""
    notes = calendars.notes(scene.tx)
    for before, after in pairwise(plans.kept(scene.tx).by_year.get(scene.plan.year, ())):
        if not since < after.moved_at <= scene.known or item not in scene.plan.item:
            continue
        moved = [*_deadlines(before.plan, item) ^ _deadlines(after.plan, item)]
        for day, row in workdays.changes(scene.tx, after.moved_at - 1, after.moved_at):
            if moved and min(moved) <= day <= max(moved):
                yield Cause(
                    number=0,
                    what=say("document.calendar"),
                    verb=say(f"document.day_{row.value}", day=date_text(day)),
                    who=scene.names.get(row.person, ""),
                    at=row.recorded_at,
                    why=notes.get(day, ""),
                )


def _deadlines(plan: Plan, item: str) -> frozenset[date]:
    terms = plan.item[item].terms.values() if item in plan.item else ()
    return frozenset(term.value for term in terms if isinstance(term.value, date))


def head_counts(scene: Scene, item: str, since: Instant) -> Iterator[Cause]:
    """The newest 在校人数 set since a moment, of the item that is judged by it: who set it."""
    if item != COUNTED:
        return
    for row in settings.changes(scene.tx, settings.STUDENTS, since, scene.known)[-1:]:
        yield Cause(
            number=0,
            what=settings.STUDENTS,
            verb=say("document.set_to", value=row.value or say("document.unset")),
            who=scene.names.get(row.person, ""),
            at=row.recorded_at,
            why="",
        )
