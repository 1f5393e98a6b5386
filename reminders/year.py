"""Yearly reminders: what is counted on the last day, and the live streams of summer."""

from collections.abc import Iterator
from decimal import Decimal

from commands.duties import obligations
from commands.duties.obligations import lead_counts
from commands.plans import turn as turning
from commands.wording.formats import address, date_text, deadline, points, short_name
from commands.wording.sentences import lines, say
from db import histories
from db.people import Person
from reminders.deadlines import named
from reminders.planning import LIVE, Occurrence
from reminders.scene import ASSESSORS, DEAN, IN_AN_HOUR, NEXT_MORNING, Item, Scene, press, to_each
from scoring.moments import day_of, end_of, start_of
from scoring.plan import Obligation, Unit

ASKED_TWICE = ("year.check", "year.T-14", "year.T-3")
"""On these days everybody short of leads is told; on the others only heads are."""


def year_end(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """What is counted on the last day: channels twice a year, ten leads per person."""
    ends = deadline(end_of(scene.plan.last_day))
    over = occurrence.days < 0
    short_people = _short_of_leads(scene)
    each = obligations.leads_due(scene.plan)
    for unit in scene.plan.scored_units:
        owed = _channels(unit, scene)
        left = [person for person, _ in short_people if person.unit == unit.code]
        if not owed and not left:
            continue
        text = lines(
            say("remind.year_over" if over else "remind.year", unit=short_name(unit), by=ends),
            "　".join(owed),
            say("remind.leads_left", total=len(left), each=each) if left else "",
        )
        yield from to_each(
            scene.heads(unit) or scene.officers(unit), text, actions=(press("todo", "todo"),)
        )
    if over:
        yield from to_each(
            scene.role(ASSESSORS), say("remind.year_report", total=len(short_people), each=each)
        )
    elif occurrence.rule.startswith(ASKED_TWICE):
        yield from _to_everybody(short_people, ends, scene)


def _channels(unit: Unit, scene: Scene) -> list[str]:
    """How often results and channels were published, if too seldom."""
    said = []
    for item, kind in (("results_channel", "results"), ("query_channel", "lookup")):
        entry = scene.plan.item.get(item)
        if entry is None or unit.code not in entry.units:
            continue
        tallies = scene.tallies
        done = sum(
            sum(tallies.of(unit.code, f"{kind}.{state}").values())
            for state in ("accepted", "waiting")
        )
        least = entry.terms["least"].value
        if done < least:
            each = points(Decimal(entry.terms["each"].value))
            said.append(say("remind.channel", word=entry.word, done=done, due=least, each=each))
    return said


def _short_of_leads(scene: Scene) -> list[tuple[Person, dict[str, int]]]:
    people = scene.world.people
    found = (
        (one, lead_counts(scene.tx, scene.plan, one.id))
        for one in people.by_id.values()
        if one.unit
    )
    return [(one, said) for one, said in found if said["done"] + said["waiting"] < said["due"]]


def _to_everybody(
    people: list[tuple[Person, dict[str, int]]], ends: str, scene: Scene
) -> Iterator[Item]:
    there = {person.id for person in scene.present(person for person, _ in people)}
    for person, said in people:
        if person.id in there:
            who = address(person, scene.plan)
            text = say("remind.leads", who=who, by=ends, **said)
            yield Item(person=person, who=who, text=text, actions=(press("lead", "lead"),))


# --- the next year's plan -----------------------------------------------------------------


def turn(_: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the assessors, in December: the next year has no plan yet."""
    last = scene.plan.year
    if scene.world.plans.by_year.get(last + 1):
        return
    text = say("remind.turn", year=last + 1, last=last)
    actions = turning.pair(last + 1, say("button.carry_over"))
    yield from to_each(scene.role(ASSESSORS), text, actions=actions, snooze=NEXT_MORNING)


# --- the live streams of summer -----------------------------------------------------------


def live(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the leaders together and to each director, while streams are missing."""
    over = occurrence.days < 0
    missed = []
    for code in LIVE:
        owed = obligations.obligation(scene.plan, code)
        for unit in (unit for unit in scene.plan.units if unit.code in owed.units):
            done, due = _streams(owed, unit, scene)
            if done >= due:
                continue
            missed.append(unit)
            if not over:
                yield from _ask_for_streams(owed, unit, done, scene=scene)
    if over and missed:
        text = say("remind.live_over", units=named(missed))
        yield from to_each(scene.role(ASSESSORS), text)


def _streams(owed: Obligation, unit: Unit, scene: Scene) -> tuple[int, int]:
    first, last = owed.terms["window"].value
    held = histories.of_unit(
        scene.tx, scene.plan, unit.code, "live", since=start_of(first), until=end_of(last)
    )
    least = owed.terms["minutes"].value
    done = sum(stream.fact.details["minutes"] >= least for stream in held)
    return done, int(owed.terms["sessions"].value)


def _ask_for_streams(owed: Obligation, unit: Unit, done: int, *, scene: Scene) -> Iterator[Item]:
    first, last = owed.terms["window"].value
    begun = day_of(scene.now) >= first
    leaders = scene.role(DEAN) if owed.code == LIVE[0] else []
    for person in scene.present([*leaders, *scene.heads(unit)]):
        who = address(person, scene.plan)
        text = say(
            "remind.live" if begun else "remind.live_soon",
            who=who,
            word=owed.word,
            first=date_text(first),
            by=deadline(end_of(last)),
            done=done,
            due=owed.terms["sessions"].value,
            minutes=owed.terms["minutes"].value,
        )
        yield Item(
            person=person,
            who=who,
            text=text,
            actions=(press("live", "live"),),
            snooze=IN_AN_HOUR,
        )
