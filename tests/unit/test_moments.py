"""Days, weeks and months of the school."""

from datetime import UTC, date, datetime

import pytest

from scoring.moments import (
    day_of,
    end_of,
    instant,
    local,
    month_of_week,
    months_between,
    period_days,
    start_of,
    week_of,
    weeks_between,
)
from tests.worlds.plan import at


def test_the_last_second_of_a_day_is_still_that_day() -> None:
    assert day_of(at("03-30 23:59:59")) == date(2024, 3, 30)
    assert day_of(at("03-31 00:00:00")) == date(2024, 3, 31)


def test_a_day_begins_eight_hours_before_it_does_in_greenwich() -> None:
    assert start_of(date(2024, 3, 30)) == instant(datetime(2024, 3, 29, 16, tzinfo=UTC))


def test_a_day_ends_where_the_next_begins() -> None:
    assert end_of(date(2024, 3, 31)) == start_of(date(2024, 4, 1)) == at("04-01")


def test_the_day_of_an_instant_is_that_of_the_wall_clock() -> None:
    for hours in range(0, 24 * 400, 7):
        moment = at("01-01") + 3600 * hours
        assert day_of(moment) == local(moment).date()


def test_a_moment_is_cut_toward_the_past() -> None:
    assert instant(datetime(2024, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)) == 1_704_067_200
    assert instant(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1


def test_a_moment_without_an_offset_has_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        instant(datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2024, 3, 31), "2024-W13"),
        (date(2024, 4, 1), "2024-W14"),
        (date(2024, 4, 7), "2024-W14"),
        (date(2024, 4, 8), "2024-W15"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2027, 1, 3), "2026-W53"),
    ],
)
def test_weeks_are_iso_weeks(day: date, week: str) -> None:
    assert week_of(day) == week


@pytest.mark.parametrize(
    ("week", "month"),
    [
        ("2024-W14", "2024-04"),
        ("2024-W18", "2024-05"),
        ("2024-W40", "2024-10"),
        ("2024-W05", "2024-02"),
        ("2025-W01", "2025-01"),
    ],
)
def test_a_week_counts_for_the_month_of_its_thursday(week: str, month: str) -> None:
    assert month_of_week(week) == month


def test_periods_know_their_first_and_last_day() -> None:
    assert period_days("2024-W14") == (date(2024, 4, 1), date(2024, 4, 7))
    assert period_days("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert period_days("2024-12") == (date(2024, 12, 1), date(2024, 12, 31))
    assert period_days("2024-04-05") == (date(2024, 4, 5), date(2024, 4, 5))


@pytest.mark.parametrize("words", ["", "2024", "2024-13", "2024-W54", "2024-W", "2024-02-30", "x"])
def test_anything_else_is_no_period(words: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        period_days(words)


def test_the_year_has_52_weeks_and_each_month_its_own() -> None:
    weeks = weeks_between(date(2024, 1, 1), date(2024, 12, 31))
    assert weeks[0] == "2024-W01"
    assert weeks[-1] == "2024-W52"
    months = [month_of_week(week) for week in weeks]
    counts = [months.count(f"2024-{month:02d}") for month in range(1, 13)]
    assert counts == [4, 5, 4, 4, 5, 4, 4, 5, 4, 5, 4, 4]


def test_weeks_belong_where_their_thursday_lies() -> None:
    assert weeks_between(date(2024, 4, 4), date(2024, 4, 4)) == ["2024-W14"]
    assert weeks_between(date(2024, 4, 5), date(2024, 4, 10)) == []


def test_months_between_touch_both_ends() -> None:
    assert months_between(date(2024, 11, 30), date(2025, 1, 1)) == ["2024-11", "2024-12", "2025-01"]
