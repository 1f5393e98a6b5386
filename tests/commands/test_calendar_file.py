"""日历: one's own dates as a file with alarms, and the file again when a date in it changes."""

from datetime import date, timedelta
from typing import Any

from icalendar import Calendar

from commands.chat.messages import File
from tests.worlds.school import GROUP, School

TASK = "发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"


def files(school: School, account: str) -> list[File]:
    return [file for message in school.shown(account) for file in message.files]


def events(school: School, account: str) -> dict[str, Any]:
    """What the newest file brings, by summary."""
    newest = files(school, account)[-1]
    assert newest.name.startswith("日历_")
    assert newest.name.endswith(".ics")
    book = Calendar.from_ical(newest.data)
    assert book["method"] == "PUBLISH"
    return {str(event["summary"]): event for event in book.walk("VEVENT")}


async def test_a_teacher_gets_what_everybody_owes_each_with_an_alarm(school: School) -> None:
    await school.says("u-zhao", TASK, at="04-08 09:00")
    await school.says("u-liu", "@宣传助手 日历", group=GROUP)
    assert not any(message.files for message in school.shown("", GROUP))
    found = events(school, "u-liu")
    task = next(event for summary, event in found.items() if "春招宣传片" in summary)
    assert task["dtstart"].dt == date(2024, 4, 15)
    [alarm] = task.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(hours=8)
    assert task["status"] == "CONFIRMED"
    assert "PPT" not in "".join(found)


async def test_an_officer_also_gets_what_the_unit_owes_until_the_end_of_the_year(
    school: School,
) -> None:
    await school.says("u-chen", "日历", at="03-21 10:00")
    found = events(school, "u-chen")
    ppt = [event for summary, event in found.items() if "PPT" in summary]
    assert ppt
    assert any("视频" in summary for summary in found)
    uids = [str(event["uid"]) for event in found.values()]
    assert len(set(uids)) == len(uids)
    assert all(uid.endswith("@promobot") for uid in uids)
    # The last day of the handover is a Saturday: it rings on the Friday before.
    handover = next(event for summary, event in found.items() if "交接" in summary)
    assert handover["dtstart"].dt == date(2024, 3, 30)
    [alarm] = handover.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(hours=8 - 24)


async def test_the_same_file_replaces_what_it_brought(school: School) -> None:
    """What was done meanwhile goes, what stayed keeps its name."""
    await school.says("u-zhao", TASK, at="04-08 09:00")
    await school.says("u-liu", "日历")
    before = events(school, "u-liu")
    await school.says("u-liu", "日历", at="04-08 10:00")
    assert {e["sequence"] for e in events(school, "u-liu").values()} == {0}
    await school.says("u-liu", "都做了")
    await school.says("u-liu", "日历", at="04-08 11:00")
    after = events(school, "u-liu")
    task = next(event for summary, event in before.items() if "春招宣传片" in summary)
    gone = [event for event in after.values() if event["status"] == "CANCELLED"]
    assert [event["uid"] for event in gone] == [task["uid"]]
    assert not gone[0].walk("VALARM")
    assert {event["sequence"] for event in after.values()} == {1}


async def test_it_comes_again_when_a_holiday_moves_an_alarm_and_only_then(
    school: School,
) -> None:
    await school.says("u-chen", "日历", at="04-08 10:00")
    await school.says("u-liu", "我的")
    await school.at("04-10 12:00")
    assert len(files(school, "u-chen")) == 1
    await school.says("u-he", "校历 放假 4月26日-4月30日")
    await school.presses("u-he", "确认") if "确认" in school.buttons("u-he") else None
    await school.at("04-11 12:00")
    texts = [message.text for message in school.shown("u-chen") if "日历里有" in message.text]
    assert any("个日期变了" in text for text in texts)
    assert len(files(school, "u-chen")) == 2
    assert {event["sequence"] for event in events(school, "u-chen").values()} == {1}
    await school.at("04-12 12:00")
    assert len(files(school, "u-chen")) == 2
    assert files(school, "u-liu") == []


async def test_a_task_that_is_withdrawn_is_no_longer_in_it(school: School) -> None:
    await school.says("u-zhao", TASK, at="04-08 09:00")
    await school.says("u-liu", "日历")
    await school.says("u-zhao", "撤回 #1")
    await school.at("04-09 12:00")
    assert len(files(school, "u-liu")) == 2
    assert [e["status"] for e in events(school, "u-liu").values()].count("CANCELLED") == 1
