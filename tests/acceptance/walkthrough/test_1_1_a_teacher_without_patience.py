"""1.1: 刘桂芳, 52, on her phone, without patience."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school
from tests.worlds.transcripts import number_in

CARD = "任务 #{number} 春招宣传片"
GLUED = "报线索张某13800010001初三护理中职"


@pytest_asyncio.fixture
async def spring(sqlite_database: Database) -> AsyncIterator[School]:
    found = await open_school(sqlite_database, start="03-18 09:00")
    yield found
    close_school(found)


async def issued(school: School) -> int:
    """赵倩's task of 8 April."""
    line = "@宣传助手 发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"
    await school.says("u-zhao", line, group=GROUP, at="04-08 09:00")
    return number_in(school.last(group=GROUP))


async def test_a_stranger_is_greeted_once_a_day_and_led_to_a_private_chat(spring: School) -> None:
    [said] = await spring.says("u-new", "@宣传助手　你好", group=GROUP, at="03-20 08:41")
    # Not 刘老师 and no T2031 of hers: the account is not mapped yet, and a name is not guessed.
    assert said.startswith("老师好。先认一下您：请私聊我发“绑定 ")
    assert await spring.says("u-new", "@宣传助手 在吗", group=GROUP) == []


async def test_binding_waits_for_the_administrator_and_not_for_her(spring: School) -> None:
    [said, asked] = await spring.says("u-new", "绑定t2031", at="03-20 08:44")
    assert said.startswith("已请管理员确认您是")
    assert said.endswith("通过后告诉您，不用等在这里。")
    assert "刘桂芳" in asked
    await spring.presses("u-he", "通过", at="03-20 09:02")
    assert spring.last("u-new") == ("绑定好了，刘老师。报线索发：报线索 姓名 电话 年级 想学什么")
    assert spring.buttons("u-new") == ["报线索", "我的", "帮助"]


async def test_a_glued_line_is_a_lead(spring: School) -> None:
    [said] = await spring.says("u-liu", GLUED, at="03-25 12:31")
    number = number_in(said)
    assert said == (
        f"已收 #{number} 张某（138****0001） 初三 · 健康 · 中职\n"
        "待招办认定；您已认定 0/10，待认定 1。"
    )
    assert spring.buttons("u-liu") == ["改一下", "撤回"]


async def test_spoken_digits_are_a_phone_and_an_unknown_major_is_not_guessed(
    spring: School,
) -> None:
    spoken = "报线索，李某，幺三八零零零幺零零零二，九年级，想学幼师。"
    [said] = await spring.says("u-liu", spoken, at="03-25 12:33")
    # 层次未填 is said by the buttons that fill it.
    assert said.startswith(f"已收 #{number_in(said)} 李某（138****0002） 初三 · 幼儿教育\n")
    assert spring.buttons("u-liu") == ["中职", "高职", "改一下", "撤回"]


async def test_the_same_line_again_is_told_so(spring: School) -> None:
    [first] = await spring.says("u-liu", GLUED, at="03-25 12:31")
    [again] = await spring.says("u-liu", GLUED, at="03-25 12:40")
    assert again == f"这条您 12:31 已报过（#{number_in(first)}），没有重复计。"


async def test_a_quoted_card_and_a_loose_word_are_a_forward(spring: School) -> None:
    number = await issued(spring)
    assert spring.last(group=GROUP).split("\n")[0] == f"{CARD.format(number=number)}　" + (
        "截止 4月15日（周一）24:00"
    )
    assert spring.buttons(group=GROUP) == ["已转发", "已点赞", "已评论", "已关注"]
    quote = CARD.format(number=number)
    [said] = await spring.says(
        "u-liu", "@宣传助手 已转👍", group=GROUP, quote=quote, at="04-08 12:10"
    )
    assert said == f"刘老师，#{number} 转发已记。"
    shown = len(spring.shown("", GROUP))
    await spring.presses("u-liu", "已转发", group=GROUP)
    assert spring.last("u-liu") == "已记过，不用再按。"
    assert len(spring.shown("", GROUP)) == shown


@pytest.mark.parametrize("word", ["都做了", "done", "全做了"])
async def test_all_of_it_is_said_in_one_word(spring: School, word: str) -> None:
    number = await issued(spring)
    [said] = await spring.says(
        "u-liu", f"@宣传助手 {word}", group=GROUP, quote=CARD.format(number=number)
    )
    assert said == f"刘老师，#{number} 转发、点赞、评论、关注已记。"
    assert await spring.says("u-liu", word) == ["已记过，不用再按。"]


@pytest.mark.parametrize("word", ["收到", "+1"])
async def test_a_mere_acknowledgement_is_no_participation(spring: School, word: str) -> None:
    number = await issued(spring)
    quote = CARD.format(number=number)
    await spring.says("u-liu", f"@宣传助手 {word}", group=GROUP, quote=quote)
    [mine] = await spring.says("u-liu", "我的")
    assert f"任务 #{number} 还没做：转发、点赞、评论、关注。" in mine


async def test_a_pasted_list_of_names_is_handed_in_by_a_class_teacher(spring: School) -> None:
    number = await issued(spring)
    pasted = "#接龙\n春招宣传片 已转发的老师\n1. 冯强\n2、刘桂芳 已转\n3 孔洁\n4. 无名氏"
    [said] = await spring.says("u-feng", pasted, quote=CARD.format(number=number))
    assert said == f"#{number} 转发 已替 3 人记。\n花名册里没有：无名氏，没有记。"
    [again] = await spring.says("u-feng", pasted)
    assert again.startswith(f"#{number} 转发 已替 0 人记。另 3 人已记过。")
    assert await spring.says("u-liu", f"转发 {number}") == ["已记过，不用再按。"]


async def test_a_list_of_names_is_nothing_that_everybody_may_hand_in(spring: School) -> None:
    await issued(spring)
    [said] = await spring.says("u-liu", "#接龙\n1. 冯强\n2. 孔洁")
    assert "没有处理" in said


async def test_close_to_a_word_is_heard_as_it(spring: School) -> None:
    [said] = await spring.says("u-liu", "我得怎么样了", at="04-10 20:05")
    assert said.startswith("线索 认定 0/10，待认定 0。")


async def test_her_own_list_says_what_is_done_and_what_is_left(spring: School) -> None:
    await spring.says("u-liu", GLUED, at="03-25 12:31")
    number = await issued(spring)
    await spring.says("u-liu", f"转发 {number}")
    [mine] = await spring.says("u-liu", "我的", at="04-10 20:05")
    assert mine.startswith("线索 认定 0/10，待认定 1。")
    assert f"任务 #{number} 转发已记，还差 点赞、评论、关注。" in mine


async def test_at_night_she_is_left_alone(spring: School) -> None:
    await issued(spring)
    await spring.at("04-12 21:30")
    before = len(spring.shown("u-liu", ""))
    await spring.at("04-13 07:30")
    assert len(spring.shown("u-liu", "")) == before


async def test_who_wants_peace_is_asked_until_when(spring: School) -> None:
    [said] = await spring.says("u-liu", "别老发了", at="04-18 07:58")
    assert said == "好的。停到哪天？期间只在您查询时回话。"
    assert spring.buttons("u-liu") == ["今天", "到周日", "到 4月30日", "不停了"]
