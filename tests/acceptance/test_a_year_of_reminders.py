"""The calendar of 2024 (policy analysis, part e), date by date and hour by hour: a school that
reports nothing all year, from 2024-03-01 to 2025-01-10.

Where we differ from the analysis:
- Single persons short of leads hear of it in June, September and November, on T-14 and T-3, not on
  every date of the row: five notes in a fortnight to four hundred people would be read by nobody.
  The heads hear all of it, with the number of people.
- 04-12 says T-1 of the second PPT step where the table says T-3: the two fall on one day, and the
  nearer one stays.
- The recommendation of teachers goes to heads alone until it is overdue, as the table's column
  "to" says; where a unit has no head, to its officer.
- Five workdays after a missed deadline the assessors are told that the asking ends; the table
  leaves open how it ends.
- A month's gap on a day with a Friday digest is said in the digest.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.adapters.local import Message
from db import reminders
from db.engine.database import Database
from db.engine.tx import Reading
from db.people import Directory, Person, directory
from scoring.moments import Instant, local, period_days, weeks_between
from tests.worlds.school import close_school, open_school

ROSTER = Path(__file__).parent / "year_roster.csv"

ONE_OFF = """
03-15 09:00 handover.T-14      宣传员
03-22 09:00 handover.T-7       宣传员 融媒体中心
03-22 09:00 ppt.T-14           宣传员
03-22 09:00 team.T-14          部门负责人
03-27 09:00 handover.T-3       宣传员 部门负责人 融媒体中心
03-29 09:00 handover.T-1       宣传员 部门负责人 融媒体中心
03-29 09:00 ppt.T-7            宣传员
03-29 09:00 team.T-7           部门负责人
03-30 10:00 handover.day       宣传员 部门负责人 融媒体中心
04-01 09:00 handover.over      宣传员 部门负责人 考核组
04-02 09:00 ppt.T-3            宣传员 部门负责人
04-03 10:00 ppt.T-1            宣传员 部门负责人
04-03 10:00 team.T-1           部门负责人
04-03 15:30 eve.2024-04-03     宣传员 部门负责人
04-05 10:00 ppt.day            宣传员 部门负责人
04-06 10:00 team.day           部门负责人
04-07 09:00 ppt.over           宣传员 部门负责人 考核组
04-07 09:00 team.over          部门负责人 考核组
04-08 09:00 handover.ended     考核组
04-08 09:00 ppt2.T-7           宣传员
04-11 09:00 team.ended         考核组
04-12 09:00 ppt2.T-1           宣传员 部门负责人
04-15 09:00 ppt2.day           宣传员 部门负责人
04-15 15:00 ppt2.second        宣传员 部门负责人
04-16 09:00 ppt2.over          宣传员 部门负责人 考核组
04-22 09:00 ppt2.ended         考核组
05-31 09:00 live.open-14       院长 部门负责人
06-07 09:00 live.open-7        院长 部门负责人
06-12 09:00 live.open-3        院长 部门负责人
06-14 09:00 live.open-1        院长 部门负责人
06-28 09:00 live.mid-14        院长 部门负责人
07-12 09:00 live.mid-28        院长 部门负责人
07-16 09:00 live.T-14          院长 部门负责人
07-23 09:00 live.T-7           院长 部门负责人
07-26 09:00 live.T-3           院长 部门负责人
07-29 09:00 live.T-1           院长 部门负责人
07-30 09:00 live.day           院长 部门负责人
07-31 09:00 live.over          考核组
06-28 09:00 year.check-6       everybody
09-02 09:00 year.check-9       everybody
11-29 09:00 year.check-11      everybody
12-02 09:00 turn.T-30          考核组
12-17 09:00 turn.T-14          考核组
12-17 09:00 year.T-14          everybody
12-24 09:00 turn.T-7           考核组
12-24 09:00 year.T-7           部门负责人
12-27 09:00 year.T-3           everybody
12-30 09:00 turn.T-1           考核组
12-30 09:00 year.T-1           部门负责人
12-31 09:00 year.day           部门负责人
2025-01-02 09:00 year.over     部门负责人 考核组
"""

MONTHS = """
2024-04 04-26+04-30 05-06 05-08 05-10
2024-05 05-28+05-31 06-03 06-05 06-07
2024-06 06-25+06-28 07-01 07-03 07-05
2024-07 07-26+07-31 08-01 08-05 08-07
2024-08 08-27+08-30 09-02 09-04 09-06
2024-09 09-26+09-30 10-08 10-10 10-12
2024-10 10-28+10-31 11-01 11-05 11-07
2024-11 11-26+11-29 12-02 12-04 12-06
2024-12 12-26+12-31 2025-01-02 2025-01-06 2025-01-08
"""
"""Month, its gap, its draft, the end of objections, its freeze."""

MONDAYS = {"2024-W24": "06-11", "2024-W38": "09-18", "2024-W41": "10-08"}
"""Weeks whose Monday is off: their first workday."""

DIGESTS = {
    "2024-W14": ["04-03 10:00", "04-07 15:00"],
    "2024-W18": ["04-30 15:00"],
    "2024-W40": ["09-30 15:00"],
}
"""Weeks whose Friday is off."""

THURSDAYS = {"2024-W14": "04-03 10:00", "2024-W18": "04-30 16:00", "2024-W40": "09-30 16:00"}

Said = dict[str, dict[str, set[str]]]
"""Rule -> when -> the audiences that heard it."""


@dataclass(frozen=True)
class Year:
    """What a year came to: every message, what was said of which rule when to whom, and who is
    on the roster."""

    seen: list[Message]
    said: Said
    people: Directory


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Told once: all tests here only read it."""
    return asyncio.run(_lived(tmp_path_factory.mktemp("year")))


async def _lived(folder: Path) -> Year:
    database = Database.open(f"sqlite:///{folder / 'year.db'}", bytes(32))
    database.migrate()
    school = await open_school(database, start="2024-03-01T08:00:00+08:00", roster=ROSTER)
    await school.at("2025-01-10T23:00:00+08:00")
    with database.reading() as tx:
        found = Year(seen=list(school.seen), said=_said(tx), people=directory(tx))
    close_school(school)
    database.close()
    return found


def stamp(at: Instant) -> str:
    """04-03 10:00; with its year in 2025."""
    moment = local(at)
    return moment.strftime("%m-%d %H:%M" if moment.year == 2024 else "%Y-%m-%d %H:%M")


def _said(tx: Reading) -> Said:
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in reminders.since(tx, 0):
        if row.audience and row.state == reminders.SENT:
            found[row.rule][stamp(row.due_at)].add(row.audience)
    return {rule: dict(whens) for rule, whens in found.items()}


def roles(audiences: set[str], known: Directory) -> set[str]:
    """The roles by which people heard it."""
    listeners = [known.by_id[int(one.removeprefix("person:"))] for one in audiences]
    if len(listeners) == len(known.by_id):
        return {"everybody"}
    return set().union(*(_role(person) for person in listeners))


def _role(person: Person) -> set[str]:
    return {role for role in person.roles if role != "教师"}


def table(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def test_the_one_off_deadlines_are_said_on_their_days_to_their_people(year: Year) -> None:
    found, known = year.said, year.people
    families = {"handover", "ppt", "ppt2", "team", "eve", "live", "year", "turn"}
    heard = {
        (when, rule): roles(audiences, known)
        for rule, whens in found.items()
        for when, audiences in whens.items()
        if rule.partition(".")[0] in families
    }
    expected = {(f"{day} {hour}", rule): set(who) for day, hour, rule, *who in table(ONE_OFF)}
    assert heard == expected


def test_the_week_is_said_on_its_first_workday_and_its_friday(year: Year) -> None:
    found = year.said
    for week in weeks_between(date(2024, 4, 1), date(2024, 12, 31)):
        monday, _ = period_days(week)
        friday = monday + timedelta(days=4)
        first = MONDAYS.get(week, f"{monday:%m-%d}")
        assert list(found[f"monday.{week}"]) == [f"{first} 09:00"], week
        digest = DIGESTS.get(week, [f"{friday:%m-%d} 15:00"])
        assert sorted(found[f"friday.{week}"]) == digest, week


def test_in_a_break_the_digest_is_the_officers_and_the_groups_hear_nothing(
    year: Year,
) -> None:
    found, known = year.said, year.people
    term, summer = found["friday.2024-W16"]["04-19 15:00"], found["friday.2024-W30"]["07-26 15:00"]
    assert "group:local:staff" in term
    # The assessors hear of the units that have neither a head nor an officer.
    assert roles(term - {"group:local:staff"}, known) == {"部门负责人", "考核组"}
    assert not any(audience.startswith("group") for audience in summer)
    # A unit without an officer has only its head.
    officers = {person.staff_no for person in known.with_role("宣传员")}
    heard = {known.by_id[int(one.removeprefix("person:"))].staff_no for one in summer}
    assert officers <= heard
    assert heard - officers == {"A01"}


def test_class_meetings_are_asked_for_in_weeks_of_teaching_only(year: Year) -> None:
    found = year.said
    for week in weeks_between(date(2024, 4, 1), date(2024, 12, 31)):
        thursday = period_days(week)[0] + timedelta(days=3)
        in_break = date(2024, 7, 6) <= thursday <= date(2024, 8, 31)
        when = THURSDAYS.get(week, f"{thursday:%m-%d} 16:00")
        assert list(found.get(f"meeting.{week}", {})) == ([] if in_break else [when]), week


def test_months_are_announced_drafted_and_frozen_on_their_workdays(year: Year) -> None:
    found, known = year.said, year.people
    for month, gaps, draft, objections, freeze in table(MONTHS):
        digests = {when for week in found if week.startswith("friday") for when in found[week]}
        for day in gaps.split("+"):
            assert f"{day} 15:00" in {*found.get(f"month.{month}", {}), *digests}, (month, day)
        for step, day, who in (
            ("draft", draft, {"考核组", "部门负责人"}),
            ("objections", objections, {"部门负责人"}),
            ("freeze", freeze, {"考核组"}),
        ):
            [(when, audiences)] = found[f"report.{month}.{step}"].items()
            assert (when, roles(audiences, known)) == (f"{day} 09:00", who), (month, step)


def test_over_the_holiday_only_the_private_notes_of_the_last_day_are_said(
    year: Year,
) -> None:
    during = [m for m in year.seen if "04-04" <= stamp(m.at)[:5] <= "04-06" and m.at < 1713000000]
    assert {stamp(message.at) for message in during} == {"04-05 10:00", "04-06 10:00"}
    assert not any(message.chat.group for message in during)
    assert all("今天" in message.text for message in during)


def test_nobody_hears_two_messages_at_one_instant(year: Year) -> None:
    heard: defaultdict[tuple[str, Instant], int] = defaultdict(int)
    for message in year.seen:
        heard[message.chat.id, message.at] += 1
    assert set(heard.values()) == {1}


def test_nothing_is_said_at_night_and_nothing_but_last_days_on_a_day_off(
    year: Year,
) -> None:
    hours = {stamp(message.at)[-5:] for message in year.seen}
    assert hours <= {"08:30", "09:00", "10:00", "15:00", "15:30", "16:00"}
    weekends = {stamp(m.at)[:5] for m in year.seen if local(m.at).weekday() >= 5}
    make_up = {"04-07", "04-28", "05-11", "09-14", "09-29", "10-12"}
    assert weekends - make_up == {"03-30", "04-06"}


def test_every_message_says_what_by_when_and_how(year: Year) -> None:
    for message in year.seen:
        assert len(message.text) <= 600
        assert "{" not in message.text
    deadlines = [m for m in year.seen if "还未交接" in m.text]
    assert deadlines
    assert all("3月30日（周六）24:00前" in m.text and "3 分" in m.text for m in deadlines)
    labels = {button.label for m in deadlines for row in m.buttons for button in row}
    assert {"交接", "明早"} <= labels
