"""1.4: 赵倩 at the media centre, Friday 17:50, forty videos waiting."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school
from tests.worlds.transcripts import number_in, numbers_in

OFFICERS = ("u-chen", "u-min", "u-ma", "u-kong")


@pytest_asyncio.fixture
async def friday(sqlite_database: Database) -> AsyncIterator[School]:
    """Forty videos of the week wait since 09:12; the numbers of the videos are 1 to 40."""
    found = await open_school(sqlite_database, start="04-12 09:12")
    for number in range(10):
        for officer in OFFICERS:
            title = f"{officer[2:]} {number}"
            link = f"https://v.douyin.com/{officer[2:]}{number}x/"
            await found.says(officer, f"报视频 {title} {link}")
    await found.at("04-12 17:50")
    yield found
    close_school(found)


async def test_the_queue_says_how_many_and_that_monday_is_soon_enough(friday: School) -> None:
    [said] = await friday.says("u-zhao", "待审")
    summary, titles, comfort = said.split("\n")
    assert summary == "等您处理 40 条，最早 #1（今天 09:12）："
    assert len(numbers_in(titles)) == 10
    assert comfort == "按提交时间计，晚一点审不影响部门得分。"
    assert friday.buttons("u-zhao") == ["逐条看", "下 10 条", "周一再审", "勾选几条"]


async def test_the_queue_can_wait_until_monday(friday: School) -> None:
    await friday.says("u-zhao", "待审")
    [said] = await friday.presses("u-zhao", "周一再审", at="04-12 17:58")
    assert said == "好的，周一（4月15日）09:00 提醒您和钱峰，还有 40 条。周末愉快！"
    await friday.at("04-15 09:00")
    for who in ("u-zhao", "u-qian"):
        assert friday.last(who) == "待审 40 条，最早已等 3 天。"
        assert friday.buttons(who) == ["逐条看", "我审前 20", "我审后 20", "一小时后"]


async def test_two_reviewers_with_a_half_each_do_not_meet(friday: School) -> None:
    await friday.at("04-15 09:00")
    [first] = await friday.presses("u-zhao", "我审前 20")
    [second] = await friday.presses("u-qian", "我审后 20")
    assert first.startswith("#1 ")
    assert second.startswith("#21 ")
    [left] = await friday.says("u-qian", "待审")
    assert left.startswith("等您处理 20 条，最早 #21")
    # After half an hour whoever comes sees everything again.
    [again] = await friday.says("u-qian", "待审", at="04-15 09:31")
    assert again.startswith("等您处理 40 条，最早 #1")


async def test_one_card_turns_into_the_next(friday: School) -> None:
    await friday.says("u-zhao", "待审")
    [card] = await friday.presses("u-zhao", "逐条看")
    assert card.startswith("#1 信工 视频《chen 0》 https://v.douyin.com/chen0x/")
    assert friday.buttons("u-zhao") == ["通过", "退回", "偏题", "跳过"]
    shown = len(friday.shown("u-zhao", ""))
    [following, *_] = await friday.presses("u-zhao", "通过")
    assert following.startswith("#1 通过（可撤）。\n#2 机电 视频《min 0》")
    assert len(friday.shown("u-zhao", "")) == shown


async def test_a_range_is_shown_back_before_it_counts_and_can_be_taken_back_whole(
    friday: School,
) -> None:
    [preview] = await friday.says("u-zhao", "通过 2-5 7 ８")
    named = ("#2 机电", "#3 艺术", "#4 健康", "#5 信工", "#7 艺术", "#8 健康")
    listed = "、".join(f"{one} 视频" for one in named)
    assert preview == f"将通过 6 条：{listed}。\n通过即认定“不偏题”。"
    assert friday.buttons("u-zhao") == ["确认 6 条", "取消"]
    told = len(friday.shown("u-min", ""))
    [done] = await friday.presses("u-zhao", "确认 6 条", at="04-12 17:53")
    assert done == "已通过 6 条，剩 34 条。10 分钟内发“撤回”可整批撤。"
    [undone] = await friday.says("u-zhao", "撤回", at="04-12 17:54")
    assert undone == "已撤回刚才 6 条的决定，仍在待审。部门没有收到过通知。"
    await friday.at("04-12 18:30")
    assert len(friday.shown("u-min", "")) == told


async def test_departments_hear_of_a_batch_once_after_ten_minutes(friday: School) -> None:
    await friday.says("u-zhao", "通过 2 6")
    await friday.presses("u-zhao", "确认 2 条", at="04-12 17:53")
    before = len(friday.shown("u-min", ""))
    await friday.at("04-12 18:04")
    assert len(friday.shown("u-min", "")) == before + 1
    assert numbers_in(friday.last("u-min")) == [2, 6]


@pytest.mark.parametrize("words", ["全部通过", "都通过"])
async def test_nothing_passes_unseen(friday: School, words: str) -> None:
    [said] = await friday.says("u-zhao", words)
    assert said.startswith("没看过的不好一次全过，都没有处理。请列编号，如：通过 #1")
    assert friday.buttons("u-zhao") == ["逐条看"]
    [still] = await friday.says("u-zhao", "待审")
    assert still.startswith("等您处理 40 条")


async def test_a_return_says_what_a_resubmission_costs(friday: School) -> None:
    [said, told] = await friday.says("u-zhao", "退回 6 画面太暗", at="04-12 17:56")
    assert said == (
        "#6 视频《min 1》 退回：画面太暗。\n"
        "改好后引用本条发“报视频 …”即可，按重交时间计周。\n"
        "10 分钟内可撤回。"
    )
    assert friday.buttons("u-zhao") == ["撤回"]
    assert told.startswith("#6 视频《min 1》 退回：画面太暗。")


async def test_a_second_reviewer_is_told_that_it_is_done(friday: School) -> None:
    await friday.says("u-zhao", "通过 #1", at="04-12 17:51")
    [said] = await friday.says("u-qian", "通过 #1", at="04-12 17:57")
    assert said == "#1 已由赵倩 17:51 通过，没有重复处理。"


async def test_a_task_is_settled_with_the_line_it_is_measured_by(friday: School) -> None:
    await friday.says("u-he", "设置 在校人数 七千")
    await friday.presses("u-he", "确认")
    line = "@宣传助手 发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"
    await friday.says("u-zhao", line, group=GROUP)
    number = number_in(friday.last(group=GROUP))
    counts = f"结任务 {number} 转发 6000 点赞 5600 评论5600，关注7000"
    [said] = await friday.says("u-zhao", counts, at="04-15 18:00")
    # The school of the test has 26 staff, so its line is (7000+26)×80%.
    assert said.split("\n")[:2] == [
        f"#{number} 线 5620.8（(7000+26)×80%）：转发6000 达　点赞5600 未达　评论5600 未达　"
        "关注7000 达",
        "院办 互动 10 → 9 分。",
    ]
    assert friday.buttons("u-zhao") == ["确认结任务", "取消"]
    await friday.presses("u-zhao", "确认结任务")
    assert friday.points("学校办公室", "interaction") == "9"
