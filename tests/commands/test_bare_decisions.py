"""A bare 通过 or 认定: what waits is named with its buttons, and nothing is decided by it."""

import pytest
import pytest_asyncio

from tests.worlds.school import GROUP, School


@pytest_asyncio.fixture
async def queue(school: School) -> School:
    """#1 is a lead, #2 and #3 are videos, #4 is news."""
    await school.says("u-liu", "报线索 周某 13800010055 初三", at="04-02 10:00")
    for title in ("甲", "乙"):
        await school.says("u-ma", f"报视频 {title} https://v.douyin.com/{ord(title)}/")
    await school.says("u-chen", "报新闻 例会 https://mp.weixin.qq.com/s/B1")
    return school


@pytest.mark.parametrize(
    ("account", "word", "named"),
    [
        ("u-zhao", "通过", "#2 视频《甲》；#3 视频《乙》"),
        ("u-zhao", "退回", "#2 视频《甲》；#3 视频《乙》"),
        ("u-zhao", "偏题", "#2 视频《甲》；#3 视频《乙》"),
        ("u-wu", "通过", "#4 新闻《例会》"),
        ("u-sun", "认定", "#1 周某（138****0055） 初三"),
        ("u-sun", "无效", "#1 周某（138****0055） 初三"),
    ],
)
async def test_a_bare_word_lists_what_waits(
    queue: School, account: str, word: str, named: str
) -> None:
    [said] = await queue.says(account, word)
    assert said.startswith(f"还没有处理。要“{word}”哪一条？等您处理的有 ")
    assert said.endswith(f"\n{named}")
    numbers = [part.split()[0] for part in named.split("；")]
    several = ["勾选几条"] if len(numbers) > 1 else []
    assert queue.buttons(account) == [f"{word} {number}" for number in numbers] + several


async def test_the_number_is_pressed_or_typed(queue: School) -> None:
    await queue.says("u-zhao", "通过")
    assert (await queue.presses("u-zhao", "通过 #3"))[0].startswith("#3 视频《乙》 通过")
    await queue.says("u-zhao", "退回 画面太暗")
    assert queue.buttons("u-zhao") == ["取消"]
    assert (await queue.says("u-zhao", "#2"))[0].startswith("#2 视频《甲》 退回：画面太暗")
    await queue.says("u-sun", "认定")
    assert (await queue.says("u-sun", "认定 #1"))[0].startswith("#1 线索已认定")


async def test_where_nothing_waits_or_nothing_may_be_decided_it_is_said(queue: School) -> None:
    assert await queue.says("u-sun", "通过") == ["现在没有等您“通过”的，没有处理。"]
    assert await queue.says("u-wu", "处理") == ["现在没有等您“处理”的，没有处理。"]
    [refused] = await queue.says("u-liu", "通过")
    assert "融媒体中心" in refused
    assert "#2" not in refused
    listed = await queue.says("u-sun", "@宣传助手 认定", group=GROUP)
    assert listed[-1] == "已私信您。"
    assert "周某" not in queue.last(group=GROUP)
    await queue.says("u-feng", "申诉 #2 理由")
    assert (await queue.says("u-zhao", "待审"))[0].startswith("等您处理 2 条")


async def test_of_many_the_oldest_are_named(queue: School) -> None:
    for number in range(7):
        await queue.says("u-ma", f"报视频 片{number} https://v.douyin.com/zz{number}/")
    [said] = await queue.says("u-zhao", "通过")
    assert "等您处理的有 9 条" in said
    assert queue.buttons("u-zhao") == [
        *(f"通过 #{n}" for n in (2, 3, 5, 6, 7, 8)),
        "勾选几条",
        "待审",
    ]
