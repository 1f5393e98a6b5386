"""Where one digit, word or comparison of a rule would make another score or another reason."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from scoring.cards import Basis, Card, Status, Tallies, school_card, scorecard
from scoring.facts import Decision, Verb
from scoring.periods import week_day
from scoring.planedit import with_reading
from scoring.planfile import parse
from scoring.postings import approval_counts_from, is_backdated, is_filed_by_week, ledger
from scoring.rules import RULES, SCHOOL_RULES, SHARES, of_school
from scoring.rules_leads import staff_with_enough
from scoring.rules_videos import past_periods
from scoring.verdicts import Book, Verdict, digits
from tests.worlds.plan import (
    PLAN,
    SOURCE,
    STAFFED,
    approved,
    at,
    counted,
    decided,
    decided_as,
    fact,
    line,
    parts,
    tallied,
    waiting,
)


def reading(number: str, value: Any) -> Any:
    return parse(with_reading(SOURCE, number, value), "2024.toml")


def verdict(
    plan: Any, item: str, unit: str, until: str, tallies: Tallies, *, basis: Basis = STAFFED
) -> Verdict:
    card: Card = (
        school_card(plan, tallies, basis, at(until))
        if unit == "school"
        else scorecard(plan, plan.by_code[unit], tallies, basis, at(until))
    )
    return next(one for one in card.verdicts if one.item == item)


# --- the facts behind a verdict -------------------------------------------------------------


class Watched(Tallies):
    """Tallies that note what is read of them."""

    def __init__(self, sums: Tallies) -> None:
        super().__init__(
            (*pair, period, value)
            for pair, rows in sums.sums.items()
            for period, value in rows.items()
        )
        self.read: set[tuple[str, str]] = set()

    def of(self, unit: str, measure: str) -> Mapping[str, int]:
        self.read.add((unit, measure))
        return super().of(unit, measure)

    def total(self, unit: str, measure: str) -> int:
        self.read.add((unit, measure))
        return super().total(unit, measure)


SETTLED = {
    ("school_office", f"interaction.{name}"): {"9": value, "10": value}
    for name, value in {"settled": 1, "lowest": 5, "students": 90, "staff": 10}.items()
}


@pytest.mark.parametrize(
    "plan",
    [PLAN, reading("A24", "metric"), reading("A07", "school"), reading("A29", "department")],
    ids=["as shipped", "A24", "A07", "A29"],
)
def test_a_verdict_names_exactly_the_measures_that_it_read(plan: Any) -> None:
    shared = of_school(plan)
    tried = 0
    for item in plan.items:
        for unit in plan.scored_units:
            tallies = Watched(counted(SETTLED))
            book = Book(plan=plan, tallies=tallies, basis=STAFFED, until=at("05-20"))
            rule = SHARES[item.code] if item.code in shared else RULES[item.code]
            if unit.code in item.units or item.code in shared:
                found = rule(book, item, unit)
                assert set(found.measures) == tallies.read, (item.code, unit.code)
                tried += 1
        if item.code in shared:
            tallies = Watched(counted(SETTLED))
            book = Book(plan=plan, tallies=tallies, basis=STAFFED, until=at("05-20"))
            assert set(SCHOOL_RULES[item.code](book, item).measures) == tallies.read
    assert tried > 50


def test_a_share_of_nobody_and_a_seat_judged_off_topic_are_read_too() -> None:
    nobody = line("leads", "it", "05-01", basis=Basis(students=None, staff={}))
    assert nobody.measures == (("*", "lead.accepted"),)
    off = counted({("it", "recommend.off_topic"): {"2024-04-03": 1}})
    assert line("live_team", "it", "04-04", off).status is Status.SCORED


# --- deductions -----------------------------------------------------------------------------


def test_nothing_left_is_not_yet_less_than_nothing() -> None:
    plan = reading("A08", "zero")
    absent = {("it", "training.absent"): {"7": 5}}
    exactly = verdict(plan, "training", "it", "04-16", counted(absent))
    below = verdict(plan, "training", "it", "04-16", counted({("it", "training.absent"): {"7": 6}}))
    assert parts(exactly) == parts(below) == ("0", "5", "0", "0")
    assert exactly.because == "5－1×缺席5"
    assert below.because != "5－1×缺席6"


def interaction(
    plan: Any = PLAN, students: int | None = 900, staff: int = 100, **tasks: Any
) -> Verdict:
    """The verdict on tasks that were settled with these counters, such as task_9=[800, 799]."""
    entries = []
    for number, (name, counters) in enumerate(tasks.items(), 1):
        metrics = dict(zip(("forward", "like", "comment", "follow"), counters, strict=False))
        report = fact(
            "settlement",
            "04-20 10:00",
            "school_office",
            number=number,
            task=int(name.removeprefix("task_")),
            metrics=metrics,
            students=students,
            staff=staff,
        )
        entries += ledger(plan, report, [])
    return verdict(
        plan,
        "interaction",
        "school_office",
        "05-01",
        tallied(entries),
        basis=Basis(students=None, staff={}),
    )


def test_by_metric_each_one_below_the_line_costs_a_point_and_one_on_it_none() -> None:
    plan = reading("A24", "metric")
    assert interaction(plan, task_9=[800, 799, 800, 799]).points == 8
    assert interaction(plan, task_9=[800, 799]).points == 9, "a metric that the task does not have"
    assert interaction(plan, task_9=[800, 800, 800, 800]).points == 10
    assert interaction(plan, task_9=[0, 900, 900, 900]).points == 9


def test_at_most_three_missed_tasks_are_named_by_the_order_of_their_numbers() -> None:
    because = interaction(task_10=[1], task_9=[2], task_11=[3], task_12=[4]).because
    assert because.index("#9") < because.index("#10") < because.index("#11")
    assert "#12" not in because


def test_one_student_and_one_of_the_staff_are_enough_to_judge_by() -> None:
    assert interaction(students=1, staff=1, task_9=[2]).points == 10
    assert interaction(students=1, staff=0, task_9=[2]).lacks == "staff"
    assert interaction(students=None, staff=0, task_9=[2]).lacks == "students"
    assert interaction(students=None, staff=1, task_9=[2]).lacks == "students"


# --- leads ----------------------------------------------------------------------------------


def test_who_has_no_lead_has_not_done_with_one() -> None:
    item = replace(
        PLAN.item["leads"],
        terms={
            **PLAN.item["leads"].terms,
            "each_person": replace(PLAN.item["leads"].terms["each_person"], value=1),
        },
    )
    plan = replace(PLAN, items=tuple(item if one.code == "leads" else one for one in PLAN.items))
    basis = Basis(students=None, staff={1: "it", 2: "it"})
    one = counted({("*", "lead.accepted"): {"1": 1}})
    assert verdict(plan, "leads", "school", "05-01", one, basis=basis).points == 0
    assert (
        verdict(
            plan, "leads", "school", "05-01", one, basis=Basis(students=None, staff={1: "it"})
        ).points
        == 10
    )


def test_a_roster_without_anybody_is_what_leads_lack() -> None:
    empty = Basis(students=None, staff={})
    assert verdict(PLAN, "leads", "school", "05-01", tallied(), basis=empty).lacks == "staff"


def test_of_a_unit_only_its_own_people_with_enough_leads_are_counted() -> None:
    basis = Basis(students=None, staff={1: "it", 2: "it", 3: "arts"})
    ten = counted({("*", "lead.accepted"): {"1": 10, "2": 9, "3": 10}})
    book = Book(plan=PLAN, until=at("05-01"), tallies=ten, basis=basis)
    found = {
        code: staff_with_enough(book, PLAN.by_code[code]) for code in ("it", "arts", "finance")
    }
    assert found == {"it": (1, 2), "arts": (1, 1), "finance": (0, 0)}


# --- milestones -----------------------------------------------------------------------------


def test_what_is_said_of_seats_tells_waiting_from_decided_ones() -> None:
    one = approved("recommend", "04-03", number=1)
    more = waiting("recommend", "04-04", number=2)
    both = line("live_team", "it", "04-05", tallied(one, more)).because
    alone = line("live_team", "it", "04-05", tallied(one)).because
    assert both != alone
    assert "待" in both
    assert "待" not in alone
    late = tallied(waiting("recommend", "04-09", number=1), waiting("recommend", "04-08", number=2))
    assert "4月8日" in line("live_team", "it", "04-10", late).because


def test_both_seats_or_none_is_said_only_while_one_is_missing() -> None:
    plan = reading("A20", "all_or_nothing")
    one = tallied(approved("recommend", "04-03", number=1))
    two = tallied(
        approved("recommend", "04-03", number=1), approved("recommend", "04-04", number=2)
    )
    short = verdict(plan, "live_team", "it", "04-10", one)
    assert parts(short) == ("0", "10", "0", "0")
    whole = verdict(plan, "live_team", "it", "04-10", two)
    assert parts(whole) == ("10", "0", "0", "0")
    usual = line("live_team", "it", "04-10", one)
    assert usual.because != short.because
    assert whole.because == line("live_team", "it", "04-10", two).because


# --- videos ---------------------------------------------------------------------------------


def test_as_many_off_topic_as_on_it_is_a_half_and_not_nothing() -> None:
    works = tallied(approved("video", "04-02"), decided_as(Verb.OFF_TOPIC, "video", "04-03"))
    assert "50.0%" in line("dy_content", "it", "04-20", works).because


def test_by_month_a_month_of_two_digits_is_named_in_full() -> None:
    plan = reading("A13", "month")
    november = tallied(approved("video", "11-05"))
    assert "11月" in verdict(plan, "dy_content", "it", "12-02", november).because


def test_waived_weeks_are_told_apart_from_missed_ones() -> None:
    waived = counted({("it", "waiver.accepted"): {"2024-W15": 1, "2024-W40": 1}})
    book = Book(plan=PLAN, tallies=waived, basis=STAFFED, until=at("04-22"))
    past = past_periods(book, PLAN.by_code["it"])
    assert (past.met, past.missed, past.waived) == ((), ("2024-W14", "2024-W16"), ("2024-W15",))


# --- postings -------------------------------------------------------------------------------


def approval(of: Any, when: str, recorded: str) -> Decision:
    return decided(of, Verb.APPROVE, when, recorded)


@pytest.mark.parametrize(
    ("kind", "named", "backdated"),
    [
        ("video", "04-02 10:00", False),
        ("video", "04-01 10:00", True),
        ("video", "04-03 10:00", False),
        ("ppt", "04-09 10:00", False),
        ("ppt", "04-02 10:00", False),  # as one that names no time
        ("ppt", "04-02 10:01", True),
        ("ppt", "04-09 09:59", True),
    ],
)
def test_an_approval_is_backdated_if_it_would_have_counted_later(
    kind: str, named: str, backdated: bool
) -> None:
    """Reported on 4月2日 at 10:00, decided on 4月9日 at 10:00."""
    report = fact(kind, "04-02 10:00")
    usual = {"video": "04-02 10:00", "ppt": "04-09 10:00"}[kind]
    assert approval_counts_from(PLAN, report, at("04-09 10:00")) == at(usual)
    assert is_backdated(PLAN, report, approval(report, named, "04-09 10:00")) is backdated
    rejected = decided(report, Verb.REJECT, "04-01 10:00", "04-09 10:00")
    assert not is_backdated(PLAN, report, rejected)


def test_where_videos_count_from_their_approval_an_unnamed_time_is_that_of_the_decision() -> None:
    plan = reading("A18", "approved")
    report = fact("video", "04-02 10:00")

    def week(*decisions: Decision) -> list[str]:
        sums = tallied(ledger(plan, report, decisions))
        return list(sums.of("it", "video.accepted")) + list(sums.of("it", "video.off_topic"))

    assert week(approval(report, "04-02 10:00", "04-09 10:00")) == ["2024-W15"]
    assert week(approval(report, "04-01 10:00", "04-09 10:00")) == ["2024-W14"]
    off = decided(report, Verb.OFF_TOPIC, "04-02 10:00", "04-09 10:00")
    assert week(off) == ["2024-W14"], "any other decision counts from the time it states"
    assert not is_backdated(plan, report, approval(report, "04-02 10:00", "04-09 10:00"))
    ppt = fact("ppt", "04-02 10:00")
    named = tallied(ledger(PLAN, ppt, [approval(ppt, "04-03 10:00", "04-09 10:00")]))
    assert list(named.of("it", "ppt.accepted")) == ["2024-04-03"]


def test_a_unit_without_a_quota_files_its_videos_by_week() -> None:
    filed = tallied(approved("video", "04-02", "training_dept"))
    assert list(filed.of("training_dept", "video.accepted")) == ["2024-W14"]


@pytest.mark.parametrize(
    ("kind", "unit", "by_week"),
    [
        ("video", "it", True),
        ("video", "school_office", False),
        ("news", "it", False),
        ("column", "finance", True),
        ("video", "nobody", False),
    ],
)
def test_reports_are_filed_by_week_or_not(kind: str, unit: str, by_week: bool) -> None:
    assert is_filed_by_week(PLAN, kind, unit) is by_week


@pytest.mark.parametrize(
    ("anchor", "day"),
    [("monday", "2024-12-30"), ("thursday", "2025-01-02"), ("sunday", "2025-01-05")],
)
def test_a_week_lies_in_the_year_of_its_anchor(anchor: str, day: str) -> None:
    assert week_day(reading("A26", anchor), "2025-W01").isoformat() == day


def test_of_several_approvals_in_a_row_the_earliest_counts() -> None:
    ppt = fact("ppt", "04-02 10:00")
    given = [approval(ppt, when, "04-20 10:00") for when in ("04-09 10:00", "04-04 10:00", "04-12")]
    for several in (given, given[:2], given[::-1]):
        found = tallied(ledger(PLAN, ppt, several))
        assert found.of("it", "ppt.accepted") == {"2024-04-04": 1}


def test_zero_has_no_sign() -> None:
    assert [digits(Decimal(one)) for one in ("-0.00", "0", "10", "-1.50")] == [
        "0",
        "0",
        "10",
        "-1.5",
    ]
