"""Training, interaction, publications and leads."""

from typing import Any

import pytest

from scoring.cards import Basis, Status, Tallies, scorecard
from scoring.facts import Verb
from scoring.planfile import parse
from tests.worlds.plan import (
    NOBODY,
    SOURCE,
    STAFFED,
    approved,
    at,
    counted,
    decided_as,
    line,
    parts,
    tallied,
)

# --- training -----------------------------------------------------------------------------


def roll(number: int = 195, when: str = "04-10 17:00", **people: Any) -> list[Any]:
    return approved("training", when, "media_center", number=number, **people)


def test_everybody_has_full_points_before_the_first_training() -> None:
    verdict = line("training", "finance", "01-01")
    assert verdict.status is Status.SCORED
    assert parts(verdict) == ("5", "0", "0", "0")
    assert verdict.because == "尚无培训"


def test_each_absence_and_each_failure_costs_one_point_at_home() -> None:
    tallies = tallied(
        roll(absent=[[31, "mechatronics"]], failed=[[32, "mechatronics"], [33, "arts"]])
    )
    verdict = line("training", "mechatronics", "04-16", tallies)
    assert parts(verdict) == ("3", "2", "0", "0")
    assert verdict.because == "5－1×缺席1－1×不合格1"
    assert line("training", "arts", "04-16", tallies).because == "5－1×不合格1"
    assert line("training", "it", "04-16", tallies).because == "1 场培训，没有缺席和不合格"


def test_the_same_person_may_be_absent_twice_and_fail_too() -> None:
    tallies = tallied(
        roll(1, absent=[[31, "it"]], failed=[[31, "it"]]), roll(2, absent=[[31, "it"]])
    )
    assert line("training", "it", "04-16", tallies).because == "5－1×缺席2－1×不合格1"


def test_one_training_counts_a_person_once() -> None:
    tallies = tallied(roll(absent=[[31, "it"], [31, "it"]]))
    assert line("training", "it", "04-16", tallies).points == 4


def test_the_training_has_no_floor() -> None:
    tallies = tallied(roll(absent=[[person, "it"] for person in range(8)]))
    assert parts(line("training", "it", "04-16", tallies)) == ("-3", "8", "0", "0")


def test_a_unit_without_people_is_no_model_of_attendance() -> None:
    tallies = tallied(roll(absent=[[31, "it"], [32, "it"]]))
    for unit, found in (("finance", tallied()), ("it", tallies)):
        verdict = line("training", unit, "04-16", found, NOBODY)
        assert (verdict.status, verdict.lacks) == (Status.PENDING, "staff")
        assert verdict.because == "待补基数：名册上没有本部门的人"
        assert sum((verdict.lost, verdict.open, verdict.winnable)) == 5
    assert parts(line("training", "it", "04-16", tallies, NOBODY)) == ("–", "2", "3", "0")


def test_an_absence_and_a_failure_cost_what_each_is_worth() -> None:
    failure = 'terms.failure = { is = {}, clause = "附件3·一"'
    text = SOURCE.replace("terms.absence = { is = 1", "terms.absence = { is = 2")
    text = text.replace(failure.replace("{}", "1"), failure.replace("{}", "0.5"))
    plan = parse(text, "")
    tallies = tallied(roll(absent=[[31, "it"]], failed=[[32, "it"], [33, "it"], [34, "it"]]))
    verdicts = scorecard(plan, plan.by_code["it"], tallies, STAFFED, at("04-16")).verdicts
    assert verdicts[0].because == "5－2×缺席1－0.5×不合格3"
    assert parts(verdicts[0]) == ("1.5", "3.5", "0", "0")


# --- interaction --------------------------------------------------------------------------

BASIS = Basis(students=7000, staff=dict.fromkeys(range(412), "it"))


def settled(number: int, lowest: int, when: str = "04-16 09:00", **details: Any) -> list[Any]:
    metrics = {"forward": 9000, "like": lowest, "comment": 9000, "follow": 9000}
    return approved(
        "settlement", when, "media_center", number=number, task=number, metrics=metrics, **details
    )


def office(tallies: Tallies | None = None, basis: Basis = BASIS, until: str = "05-01"):  # type: ignore[no-untyped-def]
    return line("interaction", "school_office", until, tallies, basis)


def test_there_is_nothing_to_lose_before_the_first_task() -> None:
    assert parts(office()) == ("10", "0", "0", "0")
    assert office().because == "尚无任务"


@pytest.mark.parametrize(("lowest", "points"), [(5930, 10), (5929, 9), (0, 9)])
def test_the_lowest_metric_must_reach_four_fifths_of_everybody(lowest: int, points: int) -> None:
    assert office(tallied(settled(12, lowest))).points == points


@pytest.mark.parametrize(("lowest", "points"), [(800, 10), (799, 9)])
def test_exactly_four_fifths_is_enough(lowest: int, points: int) -> None:
    tallies = tallied(settled(12, lowest, students=900, staff=100))
    assert office(tallies).points == points


def test_a_failed_task_costs_one_point_whatever_failed_in_it() -> None:
    tallies = tallied(settled(12, 5800), settled(13, 7000), settled(14, 1))
    verdict = office(tallies)
    assert parts(verdict) == ("8", "2", "0", "0")
    assert verdict.because == "10－1×未达任务2（#12 最低 5800，线 5929.6；#14 最低 1，线 5929.6）"


def test_the_interaction_has_no_floor() -> None:
    tallies = tallied(*(settled(number, 1) for number in range(1, 13)))
    assert parts(office(tallies)) == ("-2", "12", "0", "0")


def test_all_tasks_reached_are_full_points() -> None:
    verdict = office(tallied(settled(12, 6000)))
    assert verdict.because == "1 个任务都达到 80.0%"


def test_a_task_keeps_the_head_counts_of_its_settlement() -> None:
    tallies = tallied(settled(12, 800, students=900, staff=100))
    assert office(tallies, Basis(students=9000, staff={})).points == 10


@pytest.mark.parametrize("students", [None, 0])
def test_a_settled_task_without_students_waits_for_the_number(students: int | None) -> None:
    basis = Basis(students=students, staff={1: "it"})
    verdict = office(tallied(settled(12, 6000)), basis)
    assert verdict.status is Status.PENDING
    assert parts(verdict) == ("–", "0", "10", "0")
    assert verdict.because == "待补基数：在校人数未设"


def test_a_settled_task_without_staff_waits_for_the_roster() -> None:
    verdict = office(tallied(settled(12, 6000)), Basis(students=7000, staff={}))
    assert verdict.because == "待补基数：教职工人数未设"


def test_what_is_lost_for_certain_is_not_open_while_a_number_is_missing() -> None:
    known = settled(12, 1, students=900, staff=100)
    verdict = office(tallied(known, settled(13, 6000)), Basis(students=None, staff={1: "it"}))
    assert parts(verdict) == ("–", "1", "9", "0")


def test_more_lost_than_there_was_leaves_nothing_open() -> None:
    known = [settled(number, 1, students=900, staff=100) for number in range(1, 13)]
    tallies = tallied(*known, settled(13, 6000))
    verdict = office(tallies, Basis(students=None, staff={1: "it"}))
    assert parts(verdict) == ("–", "10", "0", "0")


def test_no_number_is_needed_while_no_task_is_settled() -> None:
    assert office(basis=NOBODY).points == 10


def test_a_settlement_without_counters_says_nothing() -> None:
    empty = approved("settlement", "04-16 09:00", "media_center", task=12, metrics={})
    assert office(tallied(empty)).because == "尚无任务"


# --- publications -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "kind", "most"), [("results_channel", "results", 5), ("query_channel", "lookup", 4)]
)
def test_each_publication_brings_a_point_up_to_the_cap(item: str, kind: str, most: int) -> None:
    for times in range(most + 3):
        tallies = tallied(*(approved(kind, "05-06 09:00", "health") for _ in range(times)))
        verdict = line(item, "health", "06-01", tallies)
        points = min(times, most)
        assert parts(verdict) == (str(points), "0", "0", str(most - points))
        assert ("封顶" in verdict.because) == (times > most)


def test_publications_are_scored_nought_from_the_first_day_and_lost_with_the_year() -> None:
    first = line("results_channel", "it", "01-01")
    assert first.status is Status.SCORED
    assert parts(first) == ("0", "0", "0", "5")
    assert parts(line("results_channel", "it", "12-31 23:59:59")) == ("0", "0", "0", "5")
    assert parts(line("results_channel", "it", "2025-01-01 00:00:00")) == ("0", "5", "0", "0")


def test_a_refused_publication_brings_nothing() -> None:
    refused = tallied(decided_as(Verb.REJECT, "lookup", "05-06 09:00", "training_dept"))
    assert line("query_channel", "training_dept", "06-01", refused).points == 0


# --- leads --------------------------------------------------------------------------------


def through(done: int, of: int, each: int = 10) -> tuple[Tallies, Basis]:
    """`done` of `of` people have `each` certified leads, the others one less than ten."""
    staff = {person: "it" if person % 2 else "media_center" for person in range(of)}
    counts: dict[tuple[str, str], dict[str, int]] = {
        ("*", "lead.accepted"): {},
    }
    for person in staff:
        counts["*", "lead.accepted"][str(person)] = each if person < done else 9
    return counted(counts), Basis(students=None, staff=staff)


@pytest.mark.parametrize(
    ("done", "points"),
    [
        (190, 10),
        (189, 8),
        (180, 8),
        (179, 6),
        (160, 6),
        (159, 4),
        (140, 4),
        (139, 2),
        (120, 2),
        (119, 0),
        (0, 0),
        (200, 10),
    ],
)
def test_the_bands_of_the_leads_are_exact_to_one_person(done: int, points: int) -> None:
    verdict = line("leads", "school", "06-01", *through(done, 200))
    assert verdict.points == points
    assert verdict.winnable == 10 - points


def test_the_share_shown_is_cut_not_rounded() -> None:
    verdict = line("leads", "school", "06-01", *through(189, 199))
    assert verdict.because == "189/199 人满 10 条 = 94.9%，8 分"


def test_only_people_on_the_roster_count() -> None:
    tallies, basis = through(10, 10)
    staff = {person: unit for person, unit in basis.staff.items() if person > 0} | {99: "it"}
    verdict = line("leads", "school", "06-01", tallies, Basis(students=None, staff=staff))
    assert verdict.because.startswith("9/10 人")


def test_leads_follow_a_person_from_unit_to_unit() -> None:
    before = [approved("lead", "04-01 09:00", unit="it", person=5) for _ in range(6)]
    after = [approved("lead", "05-01 09:00", unit="arts", person=5) for _ in range(4)]
    tallies = tallied(*before, *after)
    verdict = line("leads", "school", "06-01", tallies, Basis(students=None, staff={5: "arts"}))
    assert verdict.points == 10


def test_a_unit_shows_its_share_unscored() -> None:
    verdict = line("leads", "it", "06-01", *through(6, 10))
    assert verdict.status is Status.UNSCORED
    assert (verdict.points, verdict.max) == (None, 0)
    assert verdict.because == "3/5 人满 10 条 = 60.0%，计入两院"
    assert line("leads", "arts", "06-01", *through(6, 10)).because == "名册上没有本部门的人"


def test_leads_without_a_roster_are_pending_and_still_to_be_won() -> None:
    verdict = line("leads", "school", "06-01", basis=NOBODY)
    assert verdict.status is Status.PENDING
    assert parts(verdict) == ("–", "0", "0", "10")
    assert parts(line("leads", "school", "2025-01-01 00:00", basis=NOBODY)) == ("–", "10", "0", "0")


def test_leads_are_scored_nought_from_the_first_day() -> None:
    basis = Basis(students=None, staff={1: "it"})
    verdict = line("leads", "school", "01-01", None, basis)
    assert (verdict.status, verdict.points) == (Status.SCORED, 0)


def test_a_revoked_lead_lowers_the_share() -> None:
    entries = [approved("lead", "04-01 09:00", decided_at="04-02 09:00") for _ in range(10)]
    basis = Basis(students=None, staff={7: "it"})
    assert line("leads", "school", "06-01", tallied(*entries), basis).points == 10
    entries[0] = decided_as(Verb.REVOKE, "lead", "04-03 09:00")
    assert line("leads", "school", "06-01", tallied(*entries), basis).points == 0
