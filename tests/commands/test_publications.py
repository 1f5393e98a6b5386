"""Results, query channels, live streams, introductions and class meetings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from db import settings
from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school

ROSTER = """工号,姓名,部门,角色,班级,账号
T4001,王建国,机电工程系,部门负责人,,u-wang
T4010,周敏,机电工程系,宣传员,,u-min
T4011,李强,机电工程系,班主任,机电2301,u-qiang
T4012,王芳,机电工程系,班主任,机电2302；数控2301,u-fang
T3012,陈晓,信息工程系,宣传员,,u-chen
T5006,冯强,学生处/团委,班主任,德育2301,u-feng
T8001,罗平,培训部,宣传员,,u-luo
T7003,孙丽,招生办公室,招办,,u-sun
T1002,吴敏,学校办公室,考核组,,u-wu
T0001,李校长,院领导,院长,,u-li
"""


@pytest_asyncio.fixture
async def college(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[School]:
    """A small school with classes, on 9 April."""
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, "utf-8")
    found = await open_school(sqlite_database, start="04-09 09:00", roster=roster)
    yield found
    close_school(found)


# --- results and query channels -----------------------------------------------------------


async def test_published_results_bring_a_point_each_up_to_the_cap(college: School) -> None:
    [answer, *_] = await college.says(
        "u-min", "发布成绩 技能等级认定 https://mp.weixin.qq.com/s/R0"
    )
    assert answer == (
        "已收 #1 成绩发布《技能等级认定》，待考核组核。\n通过一次得 1 分，最多 5 分；已得 0。"
    )
    assert "#1" in college.last("u-wu")
    assert college.buttons("u-wu") == ["通过", "退回"]
    assert college.points("机电工程系", "results_channel") == "0"
    await college.presses("u-wu", "通过")
    assert college.points("机电工程系", "results_channel") == "1"
    for n in range(1, 6):
        await college.says("u-min", f"发布成绩 第{n}批 https://mp.weixin.qq.com/s/R{n}")
        await college.says("u-wu", f"通过 #{n + 1}")
    assert college.points("机电工程系", "results_channel") == "5"
    assert college.points("信息工程系", "results_channel") == "0"


async def test_query_channels_bring_a_point_each_up_to_the_cap(college: School) -> None:
    for n in range(1, 6):
        await college.says("u-luo", f"/lookup 入口{n} https://mp.weixin.qq.com/s/Q{n}")
        await college.says("u-wu", f"通过 #{n}")
        assert college.points("培训部", "query_channel") == str(min(n, 4))


async def test_a_unit_without_the_item_is_told_so(college: School) -> None:
    [answer] = await college.says("u-luo", "发布成绩 认定 https://mp.weixin.qq.com/s/R0")
    assert answer == "培训部 没有成绩发布这一项，没有登记。"


async def test_a_published_link_counts_once(college: School) -> None:
    await college.says("u-min", "发布成绩 认定 https://mp.weixin.qq.com/s/R0")
    [again] = await college.says(
        "u-min", "发布查询 认定 https://mp.weixin.qq.com/s/R0?from=timeline"
    )
    assert again == "未收第 1 条：同一链接 4月9日 已报（#1）。"


async def test_only_an_officer_publishes(college: School) -> None:
    [answer] = await college.says("u-qiang", "发布成绩 认定 https://mp.weixin.qq.com/s/R0")
    assert "没有" in answer or "由" in answer
    assert college.last("u-wu") == ""


# --- live streams -------------------------------------------------------------------------


async def test_a_stream_long_enough_in_its_window_counts(college: School) -> None:
    [answer] = await college.says("u-wang", "直播 走进机电实训中心 130分钟", at="06-20 21:00")
    assert answer == (
        "已登记 #1 直播《走进机电实训中心》130 分钟。\n"
        "计入（不少于 120 分钟）。\n机电 已播 1/3 场。"
    )


@pytest.mark.parametrize(
    ("moment", "minutes", "why"),
    [
        ("06-20 21:00", 119, "不足 120 分钟"),
        ("06-14 23:59", 130, "不在 6月15日–7月30日 内"),
        ("07-31 00:00", 130, "不在 6月15日–7月30日 内"),
    ],
)
async def test_a_stream_that_does_not_count_is_kept_and_says_why(
    college: School, moment: str, minutes: int, why: str
) -> None:
    [answer] = await college.says("u-wang", f"直播 招生答疑 {minutes}分钟", at=moment)
    assert answer.splitlines()[1:] == [f"不计场次：{why}。", "机电 已播 0/3 场。"]


@pytest.mark.parametrize("moment", ["06-15 00:00", "07-30 23:59"])
async def test_the_window_holds_its_first_and_last_day(college: School, moment: str) -> None:
    [answer] = await college.says("u-wang", "直播 招生答疑 120分钟", at=moment)
    assert "计入（不少于 120 分钟）。" in answer


async def test_the_heads_of_the_school_need_ninety_minutes(college: School) -> None:
    [answer] = await college.says("u-li", "/live 校长说专业 90分钟", at="06-20 21:00")
    assert "计入（不少于 90 分钟）。" in answer
    [again] = await college.says("u-li", "/live 校长说专业 90分钟")
    assert again == "这场直播今天已登记（#1），没有重复登记。"


async def test_talk_about_a_stream_in_the_group_is_left_alone(college: School) -> None:
    assert await college.says("u-wang", "直播今晚7点", group=GROUP) == []
    assert await college.says("u-wang", "直播 今晚 130分钟", group=GROUP) == []


# --- introductions ------------------------------------------------------------------------


async def test_two_of_each_introduction_go_to_admissions(college: School) -> None:
    [answer, *_] = await college.says("u-min", "报介绍 ppt 走进数控 https://pan.example.cn/x1")
    assert answer == "已收 #1 专业介绍PPT《走进数控》，已送招办。\n介绍 PPT 1/2　视频 0/2"
    await college.presses("u-sun", "通过")
    [answer, *_] = await college.says("u-min", "/intro 视频 走进模具 https://v.douyin.com/i1/")
    assert answer.endswith("介绍 PPT 1/2　视频 1/2")
    assert college.points("机电工程系") == "5"


async def test_an_introduction_says_what_it_is(college: School) -> None:
    [asked] = await college.says("u-min", "报介绍 走进数控 https://pan.example.cn/x1")
    assert "是 PPT 还是视频？" in asked
    [answer, *_] = await college.says("u-min", "视频")
    assert answer.startswith("已收 #1 专业介绍视频《走进数控》")


# --- class meetings -----------------------------------------------------------------------


async def test_a_class_meeting_counts_once_a_class_and_week(college: School) -> None:
    [answer] = await college.says("u-qiang", "班会 机电2301 45")
    assert (
        answer == "已登记 #1 机电2301 班会 45 人，本周机电 1/3 班。\n班级人数未设，人数照报的记。"
    )
    [again] = await college.says("u-min", "/meeting 机电2301 44")
    assert again == "机电2301 本周班会已登记（#1），没有重复登记。"
    [other] = await college.says("u-fang", "班会 数控2301班 四十")
    assert other.startswith("已登记 #2 数控2301 班会 40 人，本周机电 2/3 班。")
    [quota] = await college.says("u-min", "指标")
    assert "班会 2/3" in quota
    [monday] = await college.says("u-qiang", "班会 机电2301 45", at="04-15 08:00")
    assert monday.startswith("已登记 #3 机电2301 班会 45 人，本周机电 1/3 班。")


async def test_a_withdrawn_meeting_is_owed_again(college: School) -> None:
    await college.says("u-qiang", "班会 机电2301 45")
    await college.presses("u-qiang", "撤回")
    [quota] = await college.says("u-min", "指标")
    assert "班会 0/3" in quota


async def test_more_heads_than_the_class_has_are_refused(college: School) -> None:
    await college.app.write(
        lambda tx: settings.put(
            tx, settings.STUDENTS, "43", now=college.clock.now(), by=None, scope="机电2301"
        )
    )
    [refused] = await college.says("u-qiang", "班会 机电2301 45")
    assert refused == "机电2301 只有 43 人，报的是 45，没有登记。请核对后重发。"
    [answer] = await college.says("u-qiang", "班会 机电2301 43")
    assert answer == "已登记 #1 机电2301 班会 43 人，本周机电 1/3 班。"


@pytest.mark.parametrize(
    ("account", "text", "said"),
    [
        (
            "u-min",
            "班会 机电2399 45",
            "花名册里没有“机电2399”这个班，没有处理，请写花名册上的班名。",
        ),
        ("u-chen", "班会 机电2301 45", "机电2301 不是信工的班，没有登记。班会由本部门报。"),
    ],
)
async def test_the_meeting_of_a_class_that_is_not_ours_is_refused(
    college: School, account: str, text: str, said: str
) -> None:
    assert await college.says(account, text) == [said]


async def test_a_unit_that_owes_no_meetings_may_still_hold_one(college: School) -> None:
    [answer] = await college.says("u-feng", "班会 德育2301 30")
    assert answer.startswith("已登记 #1 德育2301 班会 30 人。")
