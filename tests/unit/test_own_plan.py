"""A plan of a school's own: what may be left out, its days and hours, and a start in mid-year."""

from datetime import date

import pytest

from db.holidays import statutory
from db.plans import examples, templates
from reminders.planning import digest_days, occurrences
from scoring.cards import Basis, Tallies, scorecard
from scoring.duties import board, duties
from scoring.moments import HOUR, day_of, end_of, start_of
from scoring.months import schedule
from scoring.plan import Plan
from scoring.planfile import PlanFault, parse

TEXT = templates()[0].text
YEAR = "year = 2024\n"


def own(*pairs: tuple[str, str], text: str = TEXT) -> Plan:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse(text, "own.toml")


def without(text: str, *heads: str) -> str:
    """The text without these tables; a table ends at the next blank line."""
    for head in heads:
        before, found, rest = text.partition(f"[{head}]\n")
        assert found, head
        text = before + rest.partition("\n\n")[2]
    return text


# --- days and hours -----------------------------------------------------------------------


def test_the_days_and_hours_of_reminders_are_the_plans() -> None:
    plan = own(
        ("before = [14, 7, 3, 1]", "before = [20, 2]"),
        ('digest_day = "周五"', 'digest_day = "周三"'),
        ('digest_at = "15:00"', 'digest_at = "10:30"'),
        ("freeze = 5", "freeze = 8"),
    )
    found = occurrences(plan, statutory())
    assert {one.rule for one in found if one.rule.startswith("handover.T")} == {
        "handover.T-20",
        "handover.T-2",
    }
    [digest] = [one for one in found if one.rule == "friday.2024-W16"]
    assert day_of(digest.at) == date(2024, 4, 17)
    assert digest.at - start_of(date(2024, 4, 17)) == 10 * HOUR + HOUR // 2
    assert schedule(plan, statutory(), "2024-05").freeze == date(2024, 6, 13)


def test_a_digest_on_another_day_moves_to_the_workday_before_or_else_after() -> None:
    monday = date(2024, 4, 15)
    days = [date(2024, 4, 15 + n) for n in range(5)]
    assert digest_days(days, monday, 2) == [days[2]]
    assert digest_days([days[0], days[4]], monday, 2) == [days[0]]
    assert digest_days([days[4]], monday, 2) == [days[4]]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("before = [14, 7, 3, 1]", "before = [1, 3]", "reminders.before：天数没看懂"),
        ('digest_day = "周五"', 'digest_day = "周日"', "reminders.digest_day：这里只能写 周一"),
        ('digest_at = "15:00"', 'digest_at = "25:00"', "reminders.digest_at：时间没看懂"),
        ('quiet = "21:30-07:30"', 'quiet = "07:30-21:30"', "reminders.quiet：起止时间没看懂"),
        ("objections = 3", "objections = 5", "reports.freeze：三个日子要一个比一个晚"),
        (YEAR, YEAR + 'starts = "2023-12-01"\n', "starts：日期没看懂，请写成 2024-12-01"),
        ('group = "系部"', 'group = "学院"', "group：这里只能写 系部、有号职能部门、其他"),
        ("[items.ppt]", "[items.poster]", "items.poster：不认识这个名字"),
        ("terms.second_points", "terms.third_points", "third_points：不认识这个名字"),
    ],
)
def test_what_is_not_built_is_refused_with_line_and_field(old: str, new: str, said: str) -> None:
    with pytest.raises(PlanFault) as caught:
        own((old, new))
    assert any(line.startswith("第 ") and said in line for line in str(caught.value).split("\n"))


# --- left out -----------------------------------------------------------------------------


def test_an_item_goes_with_the_kinds_that_mean_nothing_without_it() -> None:
    text = without(TEXT, "items.ppt").replace("points = 59", "points = 54")
    with pytest.raises(PlanFault) as caught:
        parse(text, "own.toml")
    assert "kinds.ppt：有这一项就要有 items.ppt" in str(caught.value)
    line = next(line for line in TEXT.split("\n") if line.startswith("ppt = {"))
    plan = parse(text.replace(f"{line}\n", ""), "own.toml")
    assert "ppt" not in plan.item
    unit = plan.by_code["mechanical"] if "mechanical" in plan.by_code else plan.scored_units[-2]
    assert not [one for one in duties(plan, unit, Tallies(()), 0) if one.item == "ppt"]
    assert not [one for one in occurrences(plan, statutory()) if one.family.startswith("ppt")]


def test_an_item_needs_the_kinds_it_is_computed_from() -> None:
    line = next(line for line in TEXT.split("\n") if line.startswith("handover = {"))
    with pytest.raises(PlanFault) as caught:
        own((f"{line}\n", ""))
    assert "items.dy_handover：有这一项就要有 kinds.handover" in str(caught.value)


def test_the_example_of_a_primary_school_is_a_plan_and_in_force_nowhere() -> None:
    plan = parse(examples()["primary"], "primary.toml")
    assert [item.code for item in plan.items] == ["training", "ppt", "results_channel"]
    assert plan.groups == ("年级组", "处室")
    assert [one.plan.year for one in templates()] == [2024]


# --- a start in mid-year ------------------------------------------------------------------


def test_what_fell_due_before_the_start_is_not_applicable_and_says_so() -> None:
    plan = own((YEAR, YEAR + 'starts = "2024-04-10"\n'))
    unit = next(unit for unit in plan.units if unit.group == "系部")
    until = start_of(date(2024, 5, 1))
    basis = Basis(students=None, staff={})
    card = scorecard(plan, unit, Tallies(()), basis, until)
    verdicts = {one.item: one for one in card.verdicts}
    for item in ("dy_handover", "live_team"):
        assert verdicts[item].status == "na"
        assert verdicts[item].because == "4月10日 开始使用，在此之前已到期，不计"
    assert verdicts["ppt"].status == "scored"  # its second deadline came after
    assert card.max == sum(
        item.max
        for item in plan.items
        if unit.code in item.units and item.code not in ("dy_handover", "live_team")
    )
    assert card.points + card.lost + card.open + card.winnable == card.max
    owed = {one.code for one in duties(plan, unit, Tallies(()), until)}
    assert owed & {"dy_handover", "live_team", "ppt.first"} == set()
    assert "ppt.second" in owed


def test_recurring_duties_count_from_the_start() -> None:
    plan = own((YEAR, YEAR + 'starts = "2024-10-08"\n'))
    unit = next(unit for unit in plan.units if unit.group == "系部")
    assert board(plan, unit, Tallies(()), start_of(date(2024, 10, 8)) - 1) == ()
    assert board(plan, unit, Tallies(()), end_of(date(2024, 10, 8)))
    found = occurrences(plan, statutory())
    assert found[0].at >= start_of(date(2024, 10, 8))
    assert not {one.family for one in found} & {"handover", "team", "ppt", "ppt2", "live"}
