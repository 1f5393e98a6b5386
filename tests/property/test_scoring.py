"""What holds for any facts, decisions and instants whatever."""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.cards import Basis, Card, Status, Tallies, school_card, scorecard
from scoring.duties import board, duties
from scoring.facts import Decision, Fact, Verb
from scoring.plan import Unit
from scoring.postings import Posting, ledger, postings
from scoring.verdicts import Verdict, band
from tests.worlds.plan import PLAN, at

FIRST, LAST = at("01-01"), at("2025-01-20 00:00")
EDGES = [
    at(f"{day} {clock}")
    for day in ("03-30", "04-05", "04-06", "04-07", "04-15", "04-30", "12-29", "12-31")
    for clock in ("00:00:00", "23:59:59")
]
INSTANTS = st.one_of(st.sampled_from(EDGES), st.integers(FIRST, LAST))
UNITS = [unit.code for unit in PLAN.units]
PEOPLE = st.integers(1, 30)
WEEKS = st.sampled_from([f"2024-W{week}" for week in range(14, 22)])
DETAILS: dict[str, st.SearchStrategy[Mapping[str, Any]]] = {
    "training": st.fixed_dictionaries(
        {
            what: st.lists(st.tuples(PEOPLE, st.sampled_from(UNITS)), max_size=8)
            for what in ("absent", "failed")
        }
    ),
    "settlement": st.fixed_dictionaries(
        {
            "task": st.integers(1, 4),
            "metrics": st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 9000)),
            "students": st.sampled_from([None, 0, 900, 7000]),
            "staff": st.sampled_from([None, 100, 412]),
        }
    ),
    "award": st.fixed_dictionaries({"hundredths": st.integers(0, 200)}),
    "waiver": st.fixed_dictionaries({"weeks": st.lists(WEEKS, max_size=4)}),
}
VERBS = st.sampled_from(Verb)
BASES = st.builds(
    lambda students, staff: Basis(students=students, staff=staff),
    st.sampled_from([None, 0, 1, 7000]),
    st.dictionaries(PEOPLE, st.sampled_from(UNITS)),
)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    kind = draw(st.sampled_from(sorted(PLAN.kinds)))
    happened_at = draw(INSTANTS)
    return Fact(
        number=draw(st.integers(1, 9)),
        kind=kind,
        unit=draw(st.sampled_from(UNITS)),
        person=draw(PEOPLE),
        happened_at=happened_at,
        recorded_at=happened_at + draw(st.integers(0, 3600)),
        details=draw(DETAILS.get(kind, st.just({}))),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Fact, list[Decision]]:
    """A fact and what was decided on it, in any order of verbs, each recorded after the last."""
    fact = draw(facts())
    decisions, recorded_at = [], fact.recorded_at
    for verb in draw(st.lists(VERBS, max_size=5)):
        recorded_at += draw(st.integers(0, 200_000))
        earlier = draw(st.sampled_from([0, 0, 60, 86_400]))
        decisions.append(
            Decision(
                fact=fact.number,
                verb=verb,
                person=99,
                happened_at=recorded_at - earlier,
                recorded_at=recorded_at,
            )
        )
    return fact, decisions


def tallied(entries: list[Posting]) -> Tallies:
    return Tallies((entry.unit, entry.measure, entry.period, entry.delta) for entry in entries)


def sums(entries: list[Posting]) -> dict[tuple[str, str], dict[str, int]]:
    tallies = tallied(entries)
    found = {key: dict(tallies.of(*key)) for key in tallies.sums}
    return {key: periods for key, periods in found.items() if periods}


def cards(tallies: Tallies, basis: Basis, until: int) -> list[Card]:
    sheets = [scorecard(PLAN, unit, tallies, basis, until) for unit in PLAN.units]
    return [*sheets, school_card(PLAN, tallies, basis, until)]


ENTRIES = st.lists(histories(), max_size=25).map(
    lambda told: [entry for fact, decisions in told for entry in ledger(PLAN, fact, decisions)]
)


@settings(max_examples=300, deadline=None)
@given(ENTRIES, BASES, INSTANTS)
def test_the_four_parts_make_the_maximum(entries: list[Posting], basis: Basis, until: int) -> None:
    seen = [entry for entry in entries if entry.happened_at <= until]
    for some in (entries, seen):
        for card in cards(tallied(some), basis, until):
            parts: list[Verdict | Card] = [*card.verdicts, card]
            for part in parts:
                assert (part.points or 0) + part.lost + part.open + part.winnable == part.max
                assert min(part.lost, part.open, part.winnable) >= 0
            for verdict in card.verdicts:
                unsettled = verdict.status in {Status.PENDING, Status.UNVERIFIED}
                assert (verdict.points is None) == (
                    unsettled or verdict.status in {Status.NA, Status.UNSCORED}
                )
                if verdict.points is not None:
                    assert verdict.points == round(verdict.points, 2)


@settings(max_examples=200, deadline=None)
@given(ENTRIES, BASES, INSTANTS, st.randoms())
def test_the_order_of_postings_is_of_no_account(
    entries: list[Posting], basis: Basis, until: int, shuffled: random.Random
) -> None:
    mixed = list(entries)
    shuffled.shuffle(mixed)
    assert sums(mixed) == sums(entries)
    assert cards(tallied(mixed), basis, until) == cards(tallied(entries), basis, until)


@settings(max_examples=500, deadline=None)
@given(histories())
def test_the_ledger_is_its_decisions_entered_one_by_one(
    history: tuple[Fact, list[Decision]],
) -> None:
    fact, decisions = history
    entries = postings(PLAN, fact, None, [], fact.recorded_at)
    for count, decision in enumerate(decisions):
        before, after = decisions[:count], decisions[: count + 1]
        entries += postings(PLAN, fact, before, after, decision.recorded_at)
    assert entries == ledger(PLAN, fact, decisions)


@settings(max_examples=500, deadline=None)
@given(histories())
def test_the_sums_hold_only_where_a_fact_stands_now(history: tuple[Fact, list[Decision]]) -> None:
    fact, decisions = history
    directly = postings(PLAN, fact, None, decisions, fact.recorded_at)
    assert sums(ledger(PLAN, fact, decisions)) == sums(directly)


def so_far(entries: list[Posting], until: int) -> list[Posting]:
    return [entry for entry in entries if entry.happened_at <= until]


@settings(max_examples=500, deadline=None)
@given(histories(), VERBS.filter(lambda verb: verb not in (Verb.RETRACT, Verb.REOPEN)))
def test_taking_back_restores_exactly(history: tuple[Fact, list[Decision]], verb: Verb) -> None:
    fact, decisions = history
    moment = (decisions[-1].recorded_at if decisions else fact.recorded_at) + 10
    undone = [
        Decision(fact=fact.number, verb=each, person=99, happened_at=when, recorded_at=when)
        for each, when in ((verb, moment), (Verb.RETRACT, moment + 10))
    ]
    was, now = ledger(PLAN, fact, decisions), ledger(PLAN, fact, [*decisions, *undone])
    for until in {entry.happened_at for entry in now}:
        assert sums(so_far(was, until)) == sums(so_far(now, until))


@settings(max_examples=300, deadline=None)
@given(histories(), INSTANTS)
def test_no_count_was_ever_below_nothing(history: tuple[Fact, list[Decision]], until: int) -> None:
    entries = ledger(PLAN, *history)
    recorded = [entry for entry in entries if entry.recorded_at <= until]
    for seen in (entries, recorded, so_far(entries, until)):
        for periods in sums(seen).values():
            assert min(periods.values()) > 0


@settings(max_examples=200, deadline=None)
@given(ENTRIES, INSTANTS, st.sampled_from(PLAN.units))
def test_what_is_owed_is_never_less_than_nothing(
    entries: list[Posting], until: int, unit: Unit
) -> None:
    tallies = tallied(entries)
    for row in board(PLAN, unit, tallies, until):
        assert row.missing == max(0, row.due - row.done)
        assert row.done == row.accepted + row.waiting
        assert row.ends_at > until
    for duty in duties(PLAN, unit, tallies, until):
        assert duty.missing >= 0
        assert duty.missing or duty.waiting
        assert duty.missed == (duty.deadline <= until)


@given(st.sampled_from(["dy_content", "leads"]), st.integers(1, 100_000), st.data())
def test_a_band_begins_exactly_at_its_floor(item: str, everybody: int, data: st.DataObject) -> None:
    ladder = PLAN.item[item].terms["bands"].value
    floor, points = data.draw(st.sampled_from(ladder))
    enough = -(-floor.numerator * everybody // floor.denominator)  # the fewest that reach it
    assert band(ladder, Fraction(enough, everybody)) >= points
    assert band(ladder, Fraction(enough - 1, everybody)) < points
