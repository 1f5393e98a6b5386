"""When something may be due, from plan and calendar alone."""

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as some

from db.holidays import statutory
from db.plans import shipped
from reminders.planning import Occurrence, occurrences
from scoring import planfile
from scoring.calendar import Calendar
from scoring.moments import DAY, local
from scoring.plan import Plan

PLAN = next(plan for plan in shipped() if plan.year == 2024)
BARE = Calendar(off=frozenset(), on=frozenset())


def of_year(year: int) -> Plan:
    """The plan as a later year would have it."""
    text = files("scoring").joinpath("plans/2024.toml").read_text("utf-8")
    renamed = text.replace('id = "2024"', f'id = "{year}"').replace("year = 2024", f"year = {year}")
    return planfile.parse(renamed, f"{year}.toml")


def by_rule(found: tuple[Occurrence, ...], rule: str) -> list[str]:
    return [f"{local(one.at):%m-%d %H:%M}" for one in found if rule in (one.rule, one.family)]


def test_every_occurrence_has_a_name_of_its_own_and_ends_after_it_begins() -> None:
    found = occurrences(PLAN, statutory())
    assert len({(one.rule, one.at) for one in found}) == len(found)
    assert all(one.at < one.until for one in found)
    assert list(found) == sorted(found, key=lambda one: (one.at, one.rule))


def test_a_year_nobody_has_published_follows_the_weekdays() -> None:
    plan = of_year(2027)
    assert 2027 not in statutory().years
    found = occurrences(plan, statutory())
    # 2027-04-05 is a Monday: T-3 and T-1 meet on the Friday before, as on any weekend.
    assert by_rule(found, "ppt.T-1") == ["04-02 09:00"]
    assert by_rule(found, "ppt.day") == ["04-05 09:00"]
    assert not [one for one in found if one.family == "eve"]
    december = [one for one in found if one.family == "calendar"]
    assert december
    assert {local(one.at).month for one in december} == {12}


def test_where_the_school_works_on_the_eve_there_is_no_list() -> None:
    holiday = {date(2024, 4, 4), date(2024, 4, 5)}
    own = Calendar(off=statutory().off - holiday, on=statutory().on)
    found = occurrences(PLAN, own)
    assert by_rule(found, "eve") == []
    assert by_rule(found, "ppt.day") == ["04-05 09:00"]


@given(
    some.sets(some.dates(date(2024, 3, 1), date(2024, 5, 31)), max_size=30),
    some.sets(some.dates(date(2024, 3, 1), date(2024, 5, 31)), max_size=15),
)
def test_whatever_the_school_calls_off_nothing_falls_out_of_the_year(
    off: set[date], on: set[date]
) -> None:
    known = Calendar(off=frozenset(off), on=frozenset(on - off))
    found = occurrences(PLAN, known)
    assert found[-1].at - found[0].at < 400 * DAY
    for track in ("handover", "ppt", "team", "ppt2"):
        assert len(by_rule(found, f"{track}.day")) == 1
        assert len(by_rule(found, f"{track}.over")) == 1
    assert all(one.at < one.until for one in found)


@pytest.mark.parametrize("family", ["monday", "friday", "report", "year", "live"])
def test_a_calendar_without_holidays_has_every_family(family: str) -> None:
    assert any(one.family == family for one in occurrences(PLAN, BARE))
