"""Two plans told apart line by line, and a text carried over to another year."""

import re
from dataclasses import replace
from datetime import date

import pytest

from db.holidays import statutory
from db.plans import shipped, templates
from scoring.plandiff import changes
from scoring.planfile import PlanFault, parse
from scoring.planroll import roll, to_look_at

TEXT = templates()[0].text
PLAN = shipped()[0]
LINES = TEXT.split("\n")
EDITS = (
    (re.compile(r'is = "(0[1-9])-([0-2]\d)"'), r'is = "\1-28"'),
    (re.compile(r"\bis = (\d)\b"), r"is = 1\1"),
    (re.compile(r"\bdue = (\d)\b"), r"due = 1\1"),
    (re.compile(r'"([^"=]*[\u4e00-\u9fff][^"=·\d]*)"'), r'"\1甲"'),
    (re.compile(r"= true\b"), "= false"),
    (re.compile(r'"80%"'), '"85%"'),
    (re.compile(r'counts_from = "submitted"'), 'counts_from = "decided"'),
    (re.compile(r'period = "\w+"'), 'period = "fact"'),
)


@pytest.mark.parametrize("pattern", range(len(EDITS)))
def test_no_change_of_a_plan_goes_unseen(pattern: int) -> None:
    seen = 0
    find, put = EDITS[pattern]
    for number, line in enumerate(LINES):
        edited = find.sub(put, line, count=1)
        if edited == line or line.startswith("#"):
            continue
        try:
            other = parse("\n".join([*LINES[:number], edited, *LINES[number + 1 :]]), "x")
        except PlanFault:
            continue
        if other != PLAN:
            found = changes(PLAN, other)
            assert found, line
            assert all("{" not in str(one) and str(one) for one in found)
            seen += 1
    assert seen or pattern in (0, 1, 2, 4, 5)


def test_a_plan_does_not_differ_from_itself() -> None:
    assert changes(PLAN, replace(PLAN, revision=2)) == []


def test_what_is_taken_out_or_added_is_named() -> None:
    fewer = replace(PLAN, units=PLAN.units[1:])
    assert str(changes(PLAN, fewer)[0]) == "部门：去掉 党群办"
    assert str(changes(fewer, PLAN)[0]) == "部门：新增 党群办"


def test_the_next_year_has_the_same_days_and_its_own_name() -> None:
    text = roll(TEXT.replace("year = 2024\n", 'year = 2024\nin_force_from = "04-14"\n'), 2027)
    plan = parse(text, "2027.toml")
    assert (plan.id, plan.year, plan.in_force_from) == ("2027", 2027, None)
    assert plan.term("dy_handover", "deadline") == date(2027, 3, 30)
    assert plan.units == PLAN.units


def test_a_leap_day_becomes_the_day_before() -> None:
    text = TEXT.replace('terms.deadline = { is = "03-30"', 'terms.deadline = { is = "02-29"')
    assert parse(roll(text, 2027), "x").term("dy_handover", "deadline") == date(2027, 2, 28)
    assert parse(roll(text, 2028), "x").term("dy_handover", "deadline") == date(2028, 2, 29)


def test_what_has_to_be_looked_at_in_a_new_year_is_named() -> None:
    said = to_look_at(parse(roll(TEXT, 2026), "x"), statutory(), None)
    assert any("PPT的日期 4月5日（周日） 是周末" in line for line in said)
    assert any("直播专班的日期 4月6日（周一） 放假" in line for line in said)
    assert any("在校人数还没有设" in line for line in said)
    assert not any("放假安排程序里还没有" in line for line in said)
    said = to_look_at(parse(roll(TEXT, 2090), "x"), statutory(), 7000)
    assert any("2090 年的放假安排程序里还没有" in line for line in said)
    assert any("在校人数仍是 7000" in line for line in said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "before = [14, 7, 3, 1]",
            "before = [20, 2]",
            "截止前 14、7、3、1 天提醒 → 截止前 20、2 天",
        ),
        ('digest_at = "15:00"', 'digest_at = "10:30"', "周五 15:00 → 每周汇总在周五 10:30"),
        ('quiet = "21:30-07:30"', 'quiet = "20:00-08:00"', "20:00 到次日 08:00 不打扰"),
        ("freeze = 5", "freeze = 6", "第 6 个定稿"),
        ("year = 2024\n", 'year = 2024\nstarts = "2024-04-10"\n', "开始使用：新增 4月10日（周三）"),
    ],
)
def test_days_and_hours_are_told_apart_too(old: str, new: str, said: str) -> None:
    found = changes(PLAN, parse(TEXT.replace(old, new, 1), "x"))
    assert any(said in str(one) for one in found), [str(one) for one in found]
