"""Every reading that can be switched, in both of its worlds (analysis b)."""

import ast
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db import plans
from scoring.cards import Basis, Card, Tallies, school_card, scorecard
from scoring.duties import board, duties
from scoring.facts import Verb
from scoring.plan import Plan
from scoring.planedit import with_reading
from scoring.planfile import PlanFault
from scoring.planterms import READINGS
from scoring.postings import ledger
from scoring.switches import SWITCHES, code, meant, word
from scoring.verdicts import Verdict, digits
from tests.worlds.plan import PLAN, SOURCE, STAFFED, at, counted, decided, fact, tallied

Posted = list[Any]


def world(**values: Any) -> Plan:
    """The plan of 2024 with these readings."""
    text = SOURCE
    for number, value in values.items():
        text = with_reading(text, number, value)
    return plans.read(text, "2024.toml")


def posted(plan: Plan, kind: str, when: str, unit: str = "it", **more: Any) -> Posted:
    """The ledger of a report that was approved when it says, or at once."""
    decided_at = more.pop("approved", None)
    report = fact(kind, when, unit, **more)
    verbs = [decided(report, Verb.APPROVE, decided_at)] if decided_at else []
    return ledger(plan, report, verbs)


def judged(plan: Plan, item: str, unit: str, until: str, *found: Tallies | Basis) -> Verdict:
    """The verdict for some tallies, and a basis unless everybody has one person."""
    tallies = next(one for one in found if isinstance(one, Tallies))
    basis = next((one for one in found if isinstance(one, Basis)), STAFFED)
    card: Card
    if unit == "school":
        card = school_card(plan, tallies, basis, at(until))
    else:
        card = scorecard(plan, plan.by_code[unit], tallies, basis, at(until))
    return next(one for one in card.verdicts if one.item == item)


def points(*found: Any) -> str | None:
    value = judged(*found).points
    return None if value is None else digits(value)


def test_the_usual_values_are_those_of_the_shipped_plan() -> None:
    for number, switch in SWITCHES.items():
        assert PLAN.reads(number) == switch.values[0] == READINGS[number][1]
        assert len(switch.values) > 1


@pytest.mark.parametrize("number", SWITCHES)
def test_every_value_has_a_word_a_note_and_is_read(number: str) -> None:
    for value in SWITCHES[number].values:
        assert meant(number, word(number, value)) == meant(number, code(value)) == value
        other = {"A04": "lower"} if (number, value) == ("A03", False) else {}
        plan = world(**{**other, number: value})
        assert plan.reads(number) == value
        assert plan.readings[number].source.note
        usual = value == SWITCHES[number].values[0]
        assert (plan.readings[number].source.note == PLAN.readings[number].source.note) is usual


DEMANDED = (
    *("A01", "A02", "A03", "A04", "A06", "A07", "A08", "A10", "A13", "A18", "A20", "A21", "A22"),
    *("A23", "A24", "A26", "A29", "A30", "A33", "A38"),
)
"""The readings that contracts 1 wants to be switched."""


def test_every_other_value_is_tried_by_a_test_of_its_reading() -> None:
    assert set(DEMANDED) == set(SWITCHES)
    tests = [one for one in ast.parse(Path(__file__).read_text("utf-8")).body if _number(one)]
    for number, switch in SWITCHES.items():
        mine = [one for one in tests if _number(one) == number]
        # A value is a keyword of world(), or comes to it from a table in the test.
        given = {
            node.value for test in mine for node in ast.walk(test) if isinstance(node, ast.Constant)
        }
        assert any(f"{number}=" in ast.unparse(one) for one in mine), number
        assert given >= set(switch.values[1:]), number


def _number(node: ast.stmt) -> str:
    """The reading that a test is about, by its name."""
    found = re.match(r"test_(a[0-9]{2})_", node.name) if isinstance(node, ast.FunctionDef) else None
    return found[1].upper() if found else ""


def test_a01_the_day_before_which_something_is_due_counts_or_not() -> None:
    tallies = tallied(posted(PLAN, "handover", "03-30 16:00", approved="03-30 16:00"))
    assert points(PLAN, "dy_handover", "it", "05-01", tallies) == "3"
    assert points(world(A01=False), "dy_handover", "it", "05-01", tallies) == "0"
    ppt = tallied(posted(PLAN, "ppt", "04-01 09:00", approved="04-15 20:00"))
    assert points(world(A01=False), "ppt", "it", "05-01", ppt) == "3"  # 4月6–15日 by name


def test_a02_a_deadline_on_a_day_off_moves_on_or_not() -> None:
    tallies = tallied(
        posted(PLAN, "handover", "04-01 23:00", approved="04-01 23:00"),
        posted(PLAN, "recommend", "04-07 20:00", approved="04-07 20:00", number=2),
        posted(PLAN, "ppt", "04-03 09:00", approved="04-07 20:00", number=3),
    )
    shifted = world(A02="next_workday")
    for item, before, after in (("dy_handover", "0", "3"), ("live_team", "0", "5")):
        assert points(PLAN, item, "it", "05-01", tallies) == before
        assert points(shifted, item, "it", "05-01", tallies) == after
    assert points(PLAN, "ppt", "it", "05-01", tallies) == "3"
    assert points(shifted, "ppt", "it", "05-01", tallies) == "5"
    owed = {one.code: one for one in duties(shifted, shifted.by_code["it"], tallied(), at("03-20"))}
    due = owed["dy_handover"]
    assert due.day.isoformat() == "2024-04-01"


def test_a03_a_quota_written_as_above_includes_its_number_or_not() -> None:
    two = counted({("student_affairs", "video.accepted"): {"2024-W14": 2}})
    assert points(PLAN, "dy_update", "student_affairs", "04-08", two) == "2"
    strict = world(A03=False, A04="lower")
    assert points(strict, "dy_update", "student_affairs", "04-08", two) == "0"
    academic = counted({("academic_affairs", "video.accepted"): {"2024-W14": 2}})
    assert points(strict, "dy_update", "academic_affairs", "04-08", academic) == "2"


def test_a04_a_share_exactly_on_an_edge_gets_the_higher_or_the_lower_band() -> None:
    nineteen = counted(
        {("it", "video.accepted"): {"2024-W14": 19}, ("it", "video.off_topic"): {"2024-W14": 1}}
    )
    assert points(PLAN, "dy_content", "it", "04-08", nineteen) == "5"
    assert points(world(A04="lower"), "dy_content", "it", "04-08", nineteen) == "3"
    six = counted({("*", "lead.accepted"): {str(n): 10 for n in range(6)}})
    basis = Basis(students=None, staff=dict.fromkeys(range(10), "it"))
    assert points(PLAN, "leads", "school", "06-01", six, basis) == "2"
    assert points(world(A04="lower"), "leads", "school", "06-01", six, basis) == "0"


def test_a06_the_updates_count_in_part_as_a_whole_or_not_at_all() -> None:
    half = counted({("it", "video.accepted"): {"2024-W14": 1}})
    assert points(PLAN, "dy_update", "it", "04-15", half) == "1"
    whole = judged(world(A06="all_or_nothing"), "dy_update", "it", "04-15", half)
    assert (digits(whole.points or whole.open), whole.because) == (
        "0",
        "1/2 周，全达标才得 2 分 = 0",
    )
    none = judged(world(A06="none"), "dy_update", "it", "04-15", half)
    assert (none.points, none.max) == (None, 0)


def test_a06_the_updates_are_given_by_hand_and_the_latest_word_stands() -> None:
    manual = world(A06="manual")
    ahead = judged(manual, "dy_update", "it", "04-15", tallied())
    assert (ahead.points, ahead.open, ahead.because) == (None, 2, "待考核组评定")
    first, then = (
        posted(manual, "award", when, number=number, hundredths=hundredths)
        for number, when, hundredths in ((9, "04-10 09:00", 0), (10, "04-12 09:00", 150))
    )
    given = judged(manual, "dy_update", "it", "04-15", tallied(first, then))
    assert (given.points, given.because) == (Decimal("1.5"), "考核组评定 1.5 分（#10）")
    assert given.measures == ahead.measures == (("it", "award.points"),)
    assert points(manual, "dy_update", "it", "04-15", tallied(first)) == "0"
    assert points(PLAN, "dy_update", "it", "04-15", tallied(first, then)) == "0"
    shared = tallied(posted(manual, "award", "04-10 09:00", "supervision", hundredths=200))
    assert points(manual, "dy_update", "academic_affairs", "04-15", shared) == "2"


def test_a07_an_absence_is_charged_at_home_or_to_the_school() -> None:
    roll = tallied(posted(PLAN, "training", "04-10 17:00", absent=[[31, "it"], [32, "arts"]]))
    school = world(A07="school")
    assert points(PLAN, "training", "it", "05-01", roll) == "4"
    assert points(school, "training", "it", "05-01", roll) is None
    assert points(school, "training", "school", "05-01", roll) == "3"
    assert judged(school, "training", "it", "05-01", roll).because == "5－1×缺席1，计入两院"


def test_a08_deductions_go_below_nothing_or_end_there() -> None:
    roll = tallied(posted(PLAN, "training", "04-10 17:00", absent=[[n, "it"] for n in range(8)]))
    assert points(PLAN, "training", "it", "05-01", roll) == "-3"
    floored = judged(world(A08="zero"), "training", "it", "05-01", roll)
    assert (floored.points, floored.lost) == (0, 5)
    assert floored.because == "5－1×缺席8，扣到 0 为止"
    tasks = tallied(*(settled(PLAN, number, 1) for number in range(1, 13)))
    assert points(PLAN, "interaction", "school_office", "05-01", tasks) == "-2"
    assert points(world(A08="zero"), "interaction", "school_office", "05-01", tasks) == "0"


def test_a10_an_absence_counts_each_time_or_once_for_a_person() -> None:
    rolls = tallied(
        posted(PLAN, "training", "04-10 17:00", absent=[[31, "it"]], number=1),
        posted(PLAN, "training", "04-11 17:00", absent=[[31, "it"], [32, "it"]], number=2),
    )
    assert points(PLAN, "training", "it", "05-01", rolls) == "2"
    once = judged(world(A10="person"), "training", "it", "05-01", rolls)
    assert (once.points, once.because) == (3, "5－1×缺席2人")


def test_a13_the_content_is_that_of_the_year_or_of_the_last_month() -> None:
    works = counted(
        {
            ("it", "video.accepted"): {"2024-W14": 1, "2024-W18": 1},
            ("it", "video.off_topic"): {"2024-W15": 1},
        }
    )
    assert points(PLAN, "dy_content", "it", "05-06", works) == "0"
    may = judged(world(A13="month"), "dy_content", "it", "05-06", works)
    assert (may.points, may.because) == (5, "5月切题 1/1 = 100.0%，5 分")
    assert points(world(A13="month"), "dy_content", "it", "04-29", works) == "0"


def test_a18_a_video_counts_for_the_week_of_its_submission_or_of_its_approval() -> None:
    for plan, week in ((PLAN, "2024-W14"), (world(A18="approved"), "2024-W15")):
        tallies = tallied(posted(plan, "video", "04-07 20:00", approved="04-08 09:00"))
        assert tallies.of("it", "video.accepted") == {week: 1}
        assert points(plan, "dy_update", "it", "04-08", tallies) == ("2" if plan is PLAN else "0")


def released(plan: Plan, kind: str, when: str, approved: str, release: str) -> Tallies:
    """A report approved when it says, whose release was stated a day later."""
    report = fact(kind, when, "it")
    first = decided(report, Verb.APPROVE, approved)
    return tallied(ledger(plan, report, [first, decided(report, Verb.APPROVE, release)]))


def test_a18_a_video_counts_for_the_week_in_which_it_was_published_once_that_is_stated() -> None:
    expected = {"submitted": "2024-W14", "approved": "2024-W15", "published": "2024-W16"}
    for value, week in expected.items():
        plan = world(A18=value)
        stated = released(plan, "video", "04-07 20:00", "04-08 09:00", "04-15 10:00")
        assert stated.of("it", "video.accepted") == {week: 1}
    unstated = tallied(posted(world(A18="published"), "video", "04-07 20:00", approved="04-08"))
    assert unstated.of("it", "video.accepted") == {"2024-W15": 1}


def test_a20_seats_count_one_by_one_or_all_together() -> None:
    one = tallied(posted(PLAN, "recommend", "04-02 09:00", approved="04-02 09:00"))
    two = counted({("it", "recommend.accepted"): {"2024-04-02": 2}})
    whole = world(A20="all_or_nothing")
    assert points(PLAN, "live_team", "it", "05-01", one) == "5"
    short = judged(whole, "live_team", "it", "05-01", one)
    assert (short.points, short.because) == (0, "1 人，满 2 人才得 10 分")
    assert points(whole, "live_team", "it", "05-01", two) == "10"
    ahead = judged(whole, "live_team", "it", "04-03", one)
    assert (ahead.open, ahead.lost) == (10, 0)


def test_a21_a_ppt_is_dated_by_its_approval_or_by_its_report() -> None:
    for plan, expected in ((PLAN, "3"), (world(A21="submitted"), "5")):
        tallies = tallied(posted(plan, "ppt", "04-05 20:00", approved="04-07 09:00"))
        assert points(plan, "ppt", "it", "05-01", tallies) == expected


def test_a21_a_ppt_is_dated_by_its_promotion_once_that_is_stated() -> None:
    expected = {"submitted": "5", "approved": "3", "promoted": "0"}
    for value, worth in expected.items():
        plan = world(A21=value)
        stated = released(plan, "ppt", "04-05 20:00", "04-07 09:00", "04-16 10:00")
        assert points(plan, "ppt", "it", "05-01", stated) == worth
    said = judged(world(A21="promoted"), "ppt", "it", "05-01", stated).because
    assert said.startswith("4月16日 推广")


@pytest.mark.parametrize(
    ("value", "office", "department"),
    [("both", "5", "5"), ("admissions", "5", None), ("departments", None, "5")],
)
def test_a22_the_ppt_is_asked_of_both_or_of_one(
    value: str, office: str | None, department: str | None
) -> None:
    plan, day = world(A22=value), {"2024-04-02": 1}
    done = counted({(unit, "ppt.accepted"): day for unit in ("admissions", "it")})
    assert points(plan, "ppt", "admissions", "05-01", done) == office
    assert points(plan, "ppt", "it", "05-01", done) == department


def settled(plan: Plan, number: int, lowest: int, **counts: int) -> Posted:
    metrics = {"forward": 9000, "like": lowest, "comment": 9000, "follow": 9000, **counts}
    details: dict[str, Any] = {"students": 7000, "staff": 400, "teaching_staff": 300}
    return posted(
        plan,
        "settlement",
        "04-16 09:00",
        number=100 + number,
        task=number,
        metrics=metrics,
        **details,
    )


def test_a23_everybody_counts_once_or_as_the_formula_adds_them() -> None:
    between = tallied(settled(PLAN, 1, 5_920))  # 80 % of 7400 is 5920, of 7700 it is 6160
    assert points(PLAN, "interaction", "school_office", "05-01", between) == "10"
    literal = judged(world(A23="literal"), "interaction", "school_office", "05-01", between)
    assert literal.points == 9
    assert "线 6160" in literal.because


def test_a23_the_last_term_of_the_formula_means_everybody_or_only_the_others() -> None:
    between = tallied(settled(PLAN, 1, 5_920))
    parted = judged(world(A23="partition"), "interaction", "school_office", "05-01", between)
    assert parted.points == 10
    assert "系部教职工与其余教职工之和" in parted.because
    assert points(world(A23="literal"), "interaction", "school_office", "05-01", between) == "9"
    short = tallied(settled(PLAN, 1, 5_919))
    assert points(world(A23="partition"), "interaction", "school_office", "05-01", short) == "9"


def test_a24_a_failed_task_costs_once_or_once_for_each_metric() -> None:
    for plan, expected in ((PLAN, "9"), (world(A24="metric"), "8")):
        tallies = tallied(settled(plan, 1, 0, comment=5_000))
        assert points(plan, "interaction", "school_office", "05-01", tallies) == expected
    by_metric = world(A24="metric")
    three = {"forward": 9000, "comment": 5_000, "follow": 9_000}
    left_out = posted(
        by_metric, "settlement", "04-16 09:00", task=1, metrics=three, students=7000, staff=400
    )
    assert points(by_metric, "interaction", "school_office", "05-01", tallied(left_out)) == "9"


def test_a26_a_week_belongs_to_the_month_of_its_thursday_or_of_another_day() -> None:
    works = counted(
        {("it", "video.accepted"): {"2024-W18": 1}, ("it", "video.off_topic"): {"2024-W17": 1}}
    )  # W18: Monday 4月29日, Thursday 5月2日
    by_thursday = world(A13="month")
    assert points(by_thursday, "dy_content", "it", "05-06", works) == "5"
    assert points(world(A13="month", A26="monday"), "dy_content", "it", "05-06", works) == "0"
    for value, weeks in (("thursday", 39), ("monday", 40), ("sunday", 39)):
        found = judged(world(A26=value), "dy_update", "it", "2025-01-20", tallied())
        assert found.because == f"2×0/{weeks} 周 = 0"


def test_a29_leads_score_for_the_school_for_each_department_or_for_all_alike() -> None:
    certified = counted({("*", "lead.accepted"): {"1": 10, "2": 10, "3": 9}})
    basis = Basis(students=None, staff={1: "it", 2: "it", 3: "arts"})
    assert points(PLAN, "leads", "it", "06-01", certified, basis) is None
    assert points(PLAN, "leads", "school", "06-01", certified, basis) == "2"
    own = world(A29="department")
    assert points(own, "leads", "it", "06-01", certified, basis) == "10"
    assert points(own, "leads", "arts", "06-01", certified, basis) == "0"
    assert points(own, "leads", "school", "06-01", certified, basis) is None
    alike = world(A29="inherit_school")
    for unit in ("it", "arts", "school"):
        assert points(alike, "leads", unit, "06-01", certified, basis) == "2"
    assert judged(alike, "leads", "arts", "06-01", certified, basis).max == 10


def test_a29_each_of_the_two_schools_is_counted_apart_and_the_lower_counts() -> None:
    certified = counted({("*", "lead.accepted"): {"1": 10, "2": 10, "3": 9}})
    staff = {1: "it", 2: "it", 3: "arts"}
    apart = world(A29="per_school")
    basis = Basis(students=None, staff=staff, schools=((1, "技师"), (2, "技师"), (3, "创业")))
    found = judged(apart, "leads", "school", "06-01", certified, basis)
    assert (found.points, found.because) == (
        0,
        "每人满 10 条：创业 0/1 人 = 0.0%，0 分；技师 2/2 人 = 100.0%，10 分；取低的，0 分",
    )
    together = Basis(students=None, staff=staff, schools=tuple((n, "技师") for n in staff))
    assert points(apart, "leads", "school", "06-01", certified, together) == "2"
    unknown = Basis(students=None, staff=staff, schools=((1, "技师"), (2, "技师"), (3, "")))
    lacks = judged(apart, "leads", "school", "06-01", certified, unknown)
    assert (lacks.points, lacks.because) == (None, "待补基数：名册上 1 人没写学校")
    assert points(apart, "leads", "it", "06-01", certified, basis) is None


def test_a30_a_single_publication_has_its_point_or_must_be_two() -> None:
    one, two = (counted({("it", "results.accepted"): {"2024-05": n}}) for n in (1, 2))
    gate = world(A30=True)
    assert points(PLAN, "results_channel", "it", "06-01", one) == "1"
    closed = judged(gate, "results_channel", "it", "06-01", one)
    assert (closed.points, closed.because) == (0, "1 次，不足 2 次，0 分")
    assert points(gate, "results_channel", "it", "06-01", two) == "2"


def test_a_text_from_before_a_line_was_written_is_read_as_the_shipped_plan() -> None:
    line = next(one for one in SOURCE.split("\n") if one.startswith("terms.least"))
    old = plans.read(SOURCE.replace(line + "\n", ""), "x")
    assert old.term("results_channel", "least") == 2
    bare = plans.read(SOURCE.replace("views_after = 7", "").replace("breaks = [", "# ["), "x")
    assert (bare.rhythm.views_after, bare.breaks) == (7, PLAN.breaks)


def test_a33_the_share_is_of_all_staff_or_of_the_teachers() -> None:
    certified = counted({("*", "lead.accepted"): {"1": 10}})
    basis = Basis(students=None, staff={1: "it", 2: "it", 3: "arts"}, teachers=(1, 3))
    assert judged(PLAN, "leads", "school", "06-01", certified, basis).because.startswith("1/3 人")
    teachers = world(A33="teachers")
    assert judged(teachers, "leads", "school", "06-01", certified, basis).because.startswith("1/2")
    assert judged(teachers, "leads", "it", "06-01", certified, basis).because.startswith("1/1 人")


def test_a38_an_empty_cell_asks_for_one_soft_article_or_for_none() -> None:
    for plan, asked in ((PLAN, True), (world(A38="none"), False)):
        rows = board(plan, plan.by_code["supervision"], tallied(), at("04-10"))
        assert ("soft_article" in {row.task for row in rows}) is asked
    stays = board(world(A38="none"), PLAN.by_code["it"], tallied(), at("04-10"))
    assert {row.task: row.due for row in stays}["soft_article"] == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"A03": False}, "A03 取“不含本数”与 A04 取“归高一档”矛盾"),
        ({"A02": "later"}, "口径 A02 只能取 none、next_workday"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(values: dict[str, Any], said: str) -> None:
    text = SOURCE
    for number, value in values.items():
        text = with_reading(text, number, value, note="x")
    with pytest.raises(PlanFault) as fault:
        plans.read(text, "x")
    assert said in str(fault.value)


def test_a_shift_that_crosses_the_second_band_is_refused() -> None:
    text = SOURCE.replace('second_deadline = { is = "04-15"', 'second_deadline = { is = "04-06"')
    text = text.replace('first_deadline = { is = "04-05"', 'first_deadline = { is = "04-04"')
    with pytest.raises(PlanFault, match="第二档截止要晚于第一档"):
        plans.read(with_reading(text, "A02", "next_workday"), "x")


def test_every_value_is_read_in_a_plan_of_another_shape_or_refused_in_a_sentence() -> None:
    text = plans.examples()["primary"]
    refused = []
    for number, switch in SWITCHES.items():
        for value in switch.values:
            changed = with_reading(text, number, value)
            if (number, value) == ("A03", False):
                changed = with_reading(changed, "A04", "lower")
            try:
                plan = plans.read(changed, "x")
            except PlanFault as fault:
                refused.append((number, value, "没有部门计“开学展示”了" in str(fault)))
                continue
            basis = Basis(students=1, staff={1: plan.units[0].code}, schools=((1, "x"),))
            for unit in plan.scored_units:
                assert scorecard(plan, unit, tallied(), basis, at("05-01")).verdicts
            assert school_card(plan, tallied(), basis, at("05-01")).verdicts
    assert refused == [("A22", "admissions", True)]
