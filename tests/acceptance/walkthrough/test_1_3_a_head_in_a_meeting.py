"""1.3: 王建国, head of a department, in a meeting."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from db.engine.database import Database
from tests.worlds.school import GROUP, ROSTER, School, close_school, open_school
from tests.worlds.transcripts import number_in, numbers_in

TEACHERS = """T4021,李某,机电工程系,教师,u-limou
T4022,王某,机电工程系,教师,u-wangmou
T4023,周某,机电工程系,教师,u-zhoumou
T4024,赵某,机电工程系,教师,u-zhaomou
"""


@pytest_asyncio.fixture
async def spring(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[School]:
    """The school, with the four colleagues of 机电 that the transcript names."""
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER.read_text("utf-8").rstrip("\n") + "\n" + TEACHERS, "utf-8")
    found = await open_school(sqlite_database, start="03-26 09:00", roster=roster)
    yield found
    close_school(found)


async def handed_over(school: School) -> None:
    [said, *_] = await school.says("u-min", "交接", at="03-27 16:05")
    await school.says("u-zhao", f"通过 #{number_in(said)}", at="03-27 16:30")


async def trained(school: School) -> int:
    """4月10日: 周某 absent, 赵某 on leave."""
    await handed_over(school)
    line = "培训 短视频培训 4月10日 缺席 周某 请假 赵某"
    [said, *_] = await school.says("u-wu", line, at="04-10 17:00")
    return number_in(said)


async def test_the_head_is_reminded_with_date_points_and_the_way(spring: School) -> None:
    await spring.at("03-27 09:00")
    assert spring.last("u-wang") == (
        "王主任，机电抖音号还未交接：3月30日（周六）24:00前完成得 3 分，过时 0 分。"
        "办好后请发：交接\n"
        "3月30日（周六）是否值班未定，请在3月29日（周五）前办。"
    )
    assert spring.buttons("u-wang") == ["交接", "转给宣传员", "明早"]


async def test_who_is_on_duty_is_said_once_it_is_known(spring: School) -> None:
    await spring.says("u-he", "校历 值班 融媒体中心 3月30日 9:00-12:00")
    await spring.at("03-27 09:00")
    assert spring.last("u-wang").endswith("\n融媒体中心3月30日（周六）值班 9:00-12:00。")


async def test_the_score_of_a_unit_fits_on_three_lines_in_the_group(spring: School) -> None:
    await handed_over(spring)
    [said] = await spring.says("u-wang", "@宣传助手 查分　机电", group=GROUP, at="03-28 10:15")
    assert said == (
        "机电工程系 得 8 / 应得 39（20.5%）■■□□□□□□□□\n"
        "已失 0；待评 22；还可争取 9。\n"
        "最近一关：4月5日 PPT（5分）、4月6日 直播教师 2 名（10分）。"
    )
    assert spring.buttons(group=GROUP) == ["明细", "为什么", "待办"]
    shown = len(spring.shown("", GROUP))
    [details] = await spring.presses("u-wang", "明细", group=GROUP)
    assert len(details.split("\n")) == 9  # 互动 is 学校办公室's alone
    assert spring.last("u-wang") == details
    assert len(spring.shown("", GROUP)) == shown


async def test_two_teachers_are_recommended_in_one_line(spring: School) -> None:
    [said, *_] = await spring.says("u-wang", "推荐 李某 王某", at="03-28 10:21")
    first, second = numbers_in(said)[:2]
    assert second == first + 1
    assert said == (
        f"已收 #{first} 李某、#{second} 王某（直播专班，4月6日前有效），待融媒体中心认可。\n"
        "认可一人 5 分，2 人 10 分。"
    )


async def test_before_the_quotas_begin_nothing_is_owed_and_nothing_sent(spring: School) -> None:
    await handed_over(spring)
    await spring.at("03-29 14:59")
    before = len(spring.shown("u-wang", ""))
    await spring.at("03-29 15:01")
    assert len(spring.shown("u-wang", "")) == before


async def test_a_ppt_is_sent_to_the_dean_with_both_steps_of_its_ladder(spring: School) -> None:
    said = await spring.says(
        "u-min", "报PPT 数控技术专业介绍 https://pan.example.cn/x1", at="04-02 15:10"
    )
    number = number_in(said[0])
    assert said[0] == (
        f"已收 #{number} 专业PPT，已送院长审。\n"
        "4月5日（周五）24:00前通过得 5 分，4月15日（周一）24:00前通过得 3 分。"
    )
    assert spring.buttons("u-li") == ["通过", "退回", "下午再看"]


async def test_the_friday_digest_names_what_is_missing_and_until_when(spring: School) -> None:
    await spring.says("u-min", "报新闻 甲 https://mp.weixin.qq.com/s/N1", at="04-09 10:00")
    await spring.at("04-12 15:00")
    # 班会 joins the line once teaching weeks can be set (issue 7).
    assert spring.last("u-wang") == (
        "机电 第15周：视频 0/1　→ 4月14日（周日）24:00止\n本月 新闻 1/2　软文 0/2（含待核）"
    )


async def test_what_waits_for_review_is_not_owed(spring: School) -> None:
    line = "报视频 大赛备赛第三天 https://v.douyin.com/iJkl012/"
    [said, *_] = await spring.says("u-min", line, at="04-12 14:30")
    assert "第15周，待审" in said
    await spring.at("04-14 09:00")
    before = len(spring.shown("u-wang", ""))
    await spring.at("04-14 12:00")
    assert len(spring.shown("u-wang", "")) == before


async def test_a_lost_point_is_explained_in_the_group_without_a_name(spring: School) -> None:
    await trained(spring)
    await spring.at("04-10 18:00")
    [said] = await spring.says("u-wang", "@宣传助手 我们怎么扣了一分", group=GROUP)
    first, second = said.split("\n")
    # By then 直播专班 is lost as well: nobody recommended a teacher here.
    assert first.startswith("机电工程系 已失 ")
    assert "培训 扣 1" in first
    assert second.endswith("姓名请私聊看。")
    assert "周某" not in said
    assert spring.buttons(group=GROUP) == ["为什么"]


async def test_why_names_the_absent_to_his_head(spring: School) -> None:
    number = await trained(spring)
    await spring.at("04-16 08:50")
    [said] = await spring.says("u-wang", "为什么 机电 培训")
    assert said.startswith("机电 培训 4/5：5－1×缺席1")
    assert f"#{number}" in said
    assert "A07" in said
    notices = "\n".join(message.text for message in spring.shown("u-wang", ""))
    assert "缺席 周某" in notices
    assert "缺席 赵某" not in notices
