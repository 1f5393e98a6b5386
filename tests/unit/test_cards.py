"""Scorecards, their totals, and their document."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.cards import Basis, Status, Tallies, school_card, scorecard
from scoring.duties import board
from scoring.export import document
from scoring.verdicts import cut, digits, percent
from tests.worlds.plan import NOBODY, PLAN, approved, at, card, parts, tallied, waiting

ITEMS = [
    "training",
    "dy_handover",
    "dy_update",
    "dy_content",
    "live_team",
    "ppt",
    "interaction",
    "results_channel",
    "query_channel",
    "leads",
]


@pytest.mark.parametrize(
    ("unit", "most"),
    [
        ("it", 39),
        ("arts", 39),
        ("school_office", 25),
        ("academic_affairs", 15),
        ("supervision", 15),
        ("student_affairs", 15),
        ("admissions", 10),
        ("training_dept", 9),
        ("finance", 5),
        ("security", 5),
    ],
)
def test_each_unit_can_reach_what_the_plan_lets_it(unit: str, most: int) -> None:
    assert card(unit, "01-01").max == most


def test_all_ten_items_stand_on_every_card_in_table_order() -> None:
    for unit in PLAN.scored_units:
        assert [verdict.item for verdict in card(unit.code, "06-01").verdicts] == ITEMS
    school = school_card(PLAN, tallied(), NOBODY, at("06-01"))
    assert [verdict.item for verdict in school.verdicts] == ITEMS
    assert (school.unit, school.name, school.group, school.max) == (None, "两院", "两院", 10)


def test_a_department_on_march_28_stands_as_counted_by_hand() -> None:
    sheet = card(
        "mechatronics", "03-28 10:15", tallied(approved("handover", "03-27 16:05", "mechatronics"))
    )
    # 培训 5 + 交接 3; 更新 2 + 内容 5 + 直播 10 + PPT 5 待评; 成绩 5 + 查询 4 还可争取
    assert parts(sheet) == ("8", "0", "22", "9")
    assert sheet.rate == Decimal("0.2051")


def test_a_department_on_april_19_stands_as_counted_by_hand() -> None:
    arts = "arts"
    sheet = card(
        arts,
        "04-19 14:41",
        tallied(
            approved("training", "04-10 17:00", "media_center", absent=[[1, arts], [2, arts]]),
            approved("handover", "04-01 09:12", arts),
            approved("video", "04-03 09:00", arts),
            approved("video", "04-09 09:00", arts),
            approved("recommend", "04-01 09:00", arts),
            approved("recommend", "04-01 09:00", arts),
            approved("ppt", "04-03 09:00", arts, decided_at="04-09 09:00"),
        ),
    )
    # 23 = 培训 3 + 更新 2 + 内容 5 + 直播 10 + PPT 3; 已失 = 培训 2 + 交接 3 + PPT 2
    assert parts(sheet) == ("23", "7", "0", "9")


def test_the_rate_is_cut_and_may_be_negative() -> None:
    absent = [[person, "finance"] for person in range(7)]
    sheet = card(
        "finance", "05-01", tallied(approved("training", "04-10 17:00", "it", absent=absent))
    )
    assert (sheet.points, sheet.rate) == (-2, Decimal("-0.4"))
    assert card("training_dept", "05-01").rate == Decimal("0.5555")


def test_a_unit_that_nothing_is_asked_of_has_no_rate() -> None:
    sheet = scorecard(PLAN, PLAN.by_code["media_center"], tallied(), NOBODY, at("06-01"))
    assert (sheet.points, sheet.max, sheet.rate) == (0, 0, None)


def test_pending_points_do_not_count_and_the_total_is_never_null() -> None:
    school = school_card(PLAN, tallied(), NOBODY, at("06-01"))
    assert school.verdicts[-1].status is Status.PENDING
    assert (school.points, school.rate) == (0, 0)


def test_a_convention_stands_on_the_line_that_rests_on_it() -> None:
    conventions = {verdict.item: verdict.convention for verdict in card("it", "06-01").verdicts}
    assert conventions["dy_update"] == "A06"
    assert conventions["dy_handover"] is None
    assert conventions["interaction"] is None  # not applicable: nothing rests on it


def test_every_reason_names_the_measures_behind_it() -> None:
    for verdict in card("it", "06-01").verdicts:
        assert bool(verdict.measures) == (verdict.status is not Status.NA)


def test_every_reason_is_one_short_chinese_line_that_any_console_can_show() -> None:
    for unit in PLAN.scored_units:
        for until in ("03-01", "04-10", "06-01", "2025-02-01 00:00"):
            for verdict in card(unit.code, until).verdicts:
                assert 0 < len(verdict.because) <= 60
                assert verdict.because.encode("gbk")
                assert "\n" not in verdict.because


# --- the document -------------------------------------------------------------------------


def test_the_document_is_as_the_contract_has_it() -> None:
    tallies = tallied(approved("handover", "03-27 16:05"), waiting("ppt", "04-02 15:10"))
    basis = Basis(students=7000, staff={1: "it"})
    until = at("04-09 10:00")
    unit = PLAN.by_code["it"]
    cards = [scorecard(PLAN, unit, tallies, basis, until), school_card(PLAN, tallies, basis, until)]
    found = document(PLAN, cards, {"it": board(PLAN, unit, tallies, until)}, until)
    assert json.loads(json.dumps(found)) == found
    assert (found["plan"], found["as_of"]) == ("2024", "2024-04-09T10:00:00+08:00")
    (row,) = found["units"]
    assert {name: row[name] for name in ("unit", "group", "points", "max", "rate")} == {
        "unit": "信息工程系",
        "group": "系部",
        "points": "8",
        "max": "39",
        "rate": "0.2051",
    }
    assert row["items"][1] == {
        "item": "dy_handover",
        "clause": "附件3·二·(一)",
        "points": "3",
        "max": "3",
        "status": "scored",
        "convention": None,
        "because": "3月27日 完成，在 3月30日 前",
    }
    assert (row["items"][5]["status"], row["items"][5]["points"]) == ("unverified", None)
    assert row["items"][6] == row["items"][6] | {"status": "na", "points": None, "max": "0"}
    assert row["items"][9] == row["items"][9] | {"status": "unscored", "points": None, "max": "0"}
    assert row["board"] == [
        {"task": "news", "period": "2024-04", "due": 2, "done": 0, "missing": 2},
        {"task": "soft_article", "period": "2024-04", "due": 2, "done": 0, "missing": 2},
        {"task": "video", "period": "2024-W15", "due": 1, "done": 0, "missing": 1},
    ]
    assert found["school"].keys() == row.keys()
    assert (found["school"]["unit"], found["school"]["group"]) == ("两院", "两院")


def test_a_document_without_the_school_says_null() -> None:
    assert document(PLAN, [card("it", "04-02")], {}, at("04-02"))["school"] is None


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("12.50", "12.5"),
        ("-2.00", "-2"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("0", "0"),
        ("10", "10"),
        ("1E+1", "10"),
        ("100.00", "100"),
        ("0.3205", "0.3205"),
    ],
)
def test_digits_have_no_trailing_zeros(value: str, written: str) -> None:
    assert digits(Decimal(value)) == written


def test_points_are_cut_toward_zero() -> None:
    assert cut(Decimal("1.339")) == Decimal("1.33")
    assert cut(Decimal("-1.339")) == Decimal("-1.33")


def test_a_share_is_never_shown_rounded_up() -> None:
    assert percent(Fraction(9499, 10000)) == "94.9%"
    assert percent(Fraction(1, 3)) == "33.3%"


def test_tallies_add_repeated_rows_and_forget_zeros() -> None:
    tallies = Tallies(
        [("it", "a", "x", 2), ("it", "a", "x", 1), ("it", "a", "y", 1), ("it", "a", "y", -1)]
    )
    assert dict(tallies.of("it", "a")) == {"x": 3}
    assert tallies.total("it", "a") == 3
    assert dict(tallies.of("it", "b")) == {}
