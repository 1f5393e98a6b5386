"""When a month is due, and how its cards are compared and sealed."""

import pytest

from db.holidays import statutory
from scoring import months
from scoring.moments import local
from tests.worlds.plan import NOBODY, PLAN, approved, at, tallied


def test_the_draft_objections_and_freeze_skip_the_may_holiday() -> None:
    due = months.schedule(PLAN, statutory(), "2024-04")
    days = (due.draft, due.objections, due.freeze)
    assert [day.isoformat() for day in days] == ["2024-05-06", "2024-05-08", "2024-05-10"]


def test_a_month_ends_at_midnight_and_the_year_has_one_before_it() -> None:
    assert local(months.month_end("2024-04")).isoformat() == "2024-05-01T00:00:00+08:00"
    assert months.month_end("2024-04") == months.month_start("2024-05")
    assert months.previous("2024-01") == "2023-12"


@pytest.mark.parametrize("text", ["2024-13", "2024-4", "zzzz-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        months.month_end(text)


def test_a_week_that_ends_with_the_month_is_due_in_it() -> None:
    until = months.month_end("2024-06")  # a Sunday
    found = {card.name: card for card in months.cards(PLAN, tallied(), NOBODY, until)}
    update = next(v for v in found["信息工程系"].verdicts if v.item == "dy_update")
    assert update.because.startswith("2×0/13 周")


def test_only_what_is_another_verdict_is_a_difference() -> None:
    until = months.month_end("2024-04")
    none, some = tallied(), tallied(approved("results", "04-10"))
    before, after = (
        months.sheet(PLAN, months.cards(PLAN, one, NOBODY, until), one, until, at("05-06"))
        for one in (none, some)
    )
    assert months.differences(before, before) == []
    [one] = months.differences(before, after)
    assert (one.unit, one.item, one.was["points"], one.now["points"]) == (
        "信息工程系",
        "results_channel",
        "0",
        "1",
    )


def test_the_seal_tells_order_and_every_byte_but_not_where_a_page_ends() -> None:
    rows = [[1, "a"], [2, "b"], [3, "c"]]
    sealed = months.seal({"a": 1, "b": 2}, [rows])
    assert sealed == months.seal({"b": 2, "a": 1}, [rows[:1], rows[1:]])
    assert sealed != months.seal({"a": 1, "b": 2}, [rows[::-1]])
    assert sealed != months.seal({"a": 1, "b": 2}, [[*rows[:2], [3, "d"]]])
    assert sealed != months.seal({"a": 1, "b": 2}, [rows[:2]], [rows[2:]])
