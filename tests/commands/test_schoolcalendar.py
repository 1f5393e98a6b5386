"""校历: what the school says of its days holds over what the State Council published."""

from dataclasses import replace
from datetime import date

import pytest

from commands.chat.messages import File
from db.calendar import calendar
from scoring.calendar import Calendar
from tests.worlds.school import School


def known(school: School) -> Calendar:
    with school.app.db.reading() as tx:
        return calendar(tx)


async def test_the_year_2024_is_known_with_its_holidays_and_make_up_days(school: School) -> None:
    days = known(school)
    assert not days.works(date(2024, 4, 4))
    assert days.works(date(2024, 4, 7))
    assert days.next_workday(date(2024, 4, 3)) == date(2024, 4, 7)
    assert days.holiday_after(date(2024, 4, 3)) == (date(2024, 4, 4), date(2024, 4, 6))
    assert days.holiday_after(date(2024, 3, 29)) is None  # a bare weekend
    assert days.workday(date(2024, 4, 30), -3) == date(2024, 4, 26)


@pytest.mark.parametrize(
    ("line", "day", "works"),
    [
        ("校历 10月8日 放假 校运会", date(2024, 10, 8), False),
        ("校历 放假 2024-10-08", date(2024, 10, 8), False),
        ("校历 4月6日 上班", date(2024, 4, 6), True),
        ("校历 11月4日-11月6日 放假 秋游", date(2024, 11, 5), False),
        ("／校历　１０月８日　放假", date(2024, 10, 8), False),
    ],
)
async def test_a_day_is_set_by_one_line(school: School, line: str, day: date, works: bool) -> None:
    [said] = await school.says("u-he", line)
    assert said.startswith("记下了：")
    assert known(school).works(day) is works


async def test_what_is_said_later_of_a_day_holds(school: School) -> None:
    await school.says("u-he", "校历 10月8日 放假 校运会")
    await school.says("u-he", "校历 10月8日 上班")
    assert known(school).works(date(2024, 10, 8))


async def test_weeks_of_teaching_and_exams_can_be_set(school: School) -> None:
    assert known(school).teaches(date(2024, 7, 1))
    [said] = await school.says("u-he", "校历 教学周 2月26日-6月28日")
    assert said.startswith("记下了：2月26日–6月28日 教学周")
    await school.says("u-he", "校历 考试周 6月24日至6月28日")
    days = known(school)
    assert days.teaches(date(2024, 6, 21))
    assert not days.teaches(date(2024, 6, 25))
    assert not days.on_break(date(2024, 6, 25))
    assert days.on_break(date(2024, 7, 1))
    # What was said of the spring says nothing of the autumn.
    assert days.teaches(date(2024, 9, 2))


async def test_who_is_on_duty_is_set_for_a_day(school: School) -> None:
    [said] = await school.says("u-he", "校历 值班 融媒体中心 3月30日 9:00-12:00")
    assert said.startswith("记下了：融媒体 3月30日（周六） 值班 9:00-12:00")
    assert known(school).duty == {("media_center", date(2024, 3, 30)): "9:00-12:00"}


async def test_alone_it_shows_the_next_four_weeks(school: School) -> None:
    await school.says("u-he", "校历 值班 融媒体中心 3月30日 9:00-12:00")
    [said] = await school.says("u-he", "校历", at="03-25 10:00")
    assert said.split("\n") == [
        "未来四周（3月25日–4月21日）：4月4日–4月6日 放假；4月7日（周日）上班",
        "没有设教学周，寒暑假按惯例（1月20日–2月25日、7月6日–8月31日）推算。"
        "可发：校历 教学周 2月26日-7月5日",
        "值班：融媒体 3月30日（周六） 9:00-12:00",
    ]


async def test_a_file_is_taken_whole_or_not_at_all(school: School) -> None:
    table = "日期,类型,说明\n2024-10-08,放假,校运会\n2024-10-12,上班,\n"
    file = File(name="校历.csv", data=table.encode("gb18030"))
    assert await school.says("u-he", "校历", file=file) == [
        "校历 2 行都记下了。提醒照此推算；看四周安排请发：校历"
    ]
    assert not known(school).works(date(2024, 10, 8))
    broken = File(name="校历.csv", data=f"{table}2024-13-40,放假,不对\n".encode())
    [said] = await school.says("u-he", "校历", file=broken)
    assert said.startswith("校历没有改动。第 4 行 日期没看懂")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("校历 10月8日", "没有改动。请写明 放假、上班、教学周、考试周 或 值班"),
        ("校历 放假", "没有改动。请写明哪一天"),
        ("校历 2月30日 放假", "日期没看懂：没有“2月30日”这一天"),
        ("校历 10月8日-10月1日 放假", "没有改动。“10月8日-10月1日 放假”里后一天比前一天早"),
        ("校历 1月1日-12月31日 放假", "没有改动。一次最多 60 天"),
        ("校历 值班 融媒体中心 3月30日", "没有改动。值班请写："),
        ("校历 值班 天文台 3月30日 9:00-12:00", "没有改动。值班请写："),
    ],
)
async def test_what_is_not_understood_changes_nothing(school: School, line: str, said: str) -> None:
    [answer] = await school.says("u-he", line)
    assert answer.startswith(said)
    assert not known(school).duty


async def test_only_an_administrator_may_change_it(school: School) -> None:
    [said] = await school.says("u-wang", "校历 10月8日 放假")
    assert "管理员" in said
    assert known(school).works(date(2024, 10, 8))


async def test_a_year_without_data_follows_the_weekday_and_says_so(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = known(school)
    assert 2027 not in days.years
    assert days.works(date(2027, 10, 1))
    [said] = await school.says("u-he", "校历", at="04-02 10:00")
    assert "没有数据" not in said
    monkeypatch.setattr("db.calendar.statutory", lambda: replace(days, years=frozenset()))
    await school.says("u-he", "校历 10月8日 放假")  # read anew
    [said] = await school.says("u-he", "校历")
    assert "2024 年的放假安排还没有数据" in said
