"""Short hands for tests of scoring: the real plan of 2024, instants, facts, tallies, cards."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import scoring
from scoring.cards import Basis, Card, Tallies, Verdict, school_card, scorecard
from scoring.facts import Decision, Fact, Verb
from scoring.moments import ZONE, Instant, instant
from scoring.planfile import parse
from scoring.postings import Posting, ledger
from scoring.verdicts import digits

SOURCE = (Path(scoring.__file__).parent / "plans" / "2024.toml").read_text(encoding="utf-8")
PLAN = parse(SOURCE, "2024.toml")
NOBODY = Basis(students=None, staff={})
STAFFED = Basis(
    students=None, staff={number: unit.code for number, unit in enumerate(PLAN.units, 9_001)}
)
"""One person in every unit."""


def at(words: str) -> Instant:
    """The instant of "03-30 23:59:59", "03-30 23:59" or "03-30" (00:00) in 2024, or of a whole
    date and time."""
    if words[4:5] != "-":
        words = f"2024-{words}"
    return instant(datetime.fromisoformat(words).replace(tzinfo=ZONE))


def fact(kind: str, when: str, unit: str = "it", person: int = 7, **details: Any) -> Fact:
    happened_at = at(when)
    return Fact(
        number=details.pop("number", 1),
        kind=kind,
        unit=unit,
        person=person,
        happened_at=happened_at,
        recorded_at=happened_at,
        details=details,
    )


def decided(fact: Fact, verb: Verb, when: str, recorded: str | None = None) -> Decision:
    return Decision(
        fact=fact.number,
        verb=verb,
        person=99,
        happened_at=at(when),
        recorded_at=at(recorded or when),
    )


def approved(
    kind: str, when: str, unit: str = "it", decided_at: str | None = None, **details: Any
) -> list[Posting]:
    """The ledger of a fact reported and approved; the approval names its time, else it carries
    the report's."""
    report = fact(kind, when, unit, **details)
    return ledger(PLAN, report, [decided(report, Verb.APPROVE, decided_at or when)])


def waiting(kind: str, when: str, unit: str = "it", **details: Any) -> list[Posting]:
    return ledger(PLAN, fact(kind, when, unit, **details), [])


def decided_as(verb: Verb, kind: str, when: str, unit: str = "it") -> list[Posting]:
    report = fact(kind, when, unit)
    return ledger(PLAN, report, [decided(report, verb, when)])


def tallied(*entries: Iterable[Posting]) -> Tallies:
    return Tallies(
        (entry.unit, entry.measure, entry.period, entry.delta) for some in entries for entry in some
    )


def counted(counts: Mapping[tuple[str, str], Mapping[str, int]]) -> Tallies:
    """Tallies as written down: (unit, measure) -> period -> count."""
    return Tallies(
        (unit, measure, period, value)
        for (unit, measure), periods in counts.items()
        for period, value in periods.items()
    )


def card(unit: str, until: str, tallies: Tallies | None = None, basis: Basis = STAFFED) -> Card:
    return scorecard(PLAN, PLAN.by_code[unit], tallies or tallied(), basis, at(until))


def line(
    item: str,
    unit: str,
    until: str,
    tallies: Tallies | None = None,
    basis: Basis = STAFFED,
) -> Verdict:
    """The verdict on one item of a unit, or of the school (unit "school")."""
    if unit == "school":
        verdicts = school_card(PLAN, tallies or tallied(), basis, at(until)).verdicts
    else:
        verdicts = card(unit, until, tallies, basis).verdicts
    return next(verdict for verdict in verdicts if verdict.item == item)


def parts(found: Verdict | Card) -> tuple[str, ...]:
    """得, 已失, 待评, 还可争取 as written; “–” for no points."""
    four = (found.points, found.lost, found.open, found.winnable)
    return tuple("–" if part is None else digits(part) for part in four)
