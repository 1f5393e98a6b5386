"""Several on one card: ticked, sent with one button, decided by the rules of a typed line."""

from dataclasses import replace

import pytest
import pytest_asyncio

from bot.adapters.local import CAPABILITIES
from db.engine.database import Database
from tests.worlds.school import School, close_school, open_school


@pytest_asyncio.fixture
async def queue(school: School) -> School:
    """#1 and #2 are leads, #3 to #5 are videos of two units."""
    for name, number in (("周某", "13800010055"), ("吴某", "13800010056")):
        await school.says("u-liu", f"报线索 {name} {number} 初三", at="04-02 10:00")
    for account, title in (("u-ma", "甲"), ("u-ma", "乙"), ("u-chen", "丙")):
        await school.says(account, f"报视频 {title} https://v.douyin.com/{ord(title)}/")
    return school


async def test_what_is_ticked_is_shown_back_and_decided_together(queue: School) -> None:
    await queue.says("u-zhao", "待审")
    [card] = await queue.presses("u-zhao", "勾选几条")
    assert card.startswith("勾选要“通过”的（等您处理 3 条，这里是最早的 3 条）：\n#3 视频《甲》；")
    labels = queue.buttons("u-zhao")
    assert [label[:4] for label in labels] == ["□ #3", "□ #4", "□ #5", "通过勾选"]
    for label in (labels[0], labels[2]):
        assert await queue.presses("u-zhao", label) == []
    [shown] = await queue.presses("u-zhao", "通过勾选的")
    assert shown.startswith("将通过 2 条：#3")
    await queue.presses("u-zhao", "确认 2 条")
    [left] = await queue.says("u-zhao", "待审")
    assert left.startswith("等您处理 1 条")


async def test_one_that_is_ticked_is_decided_and_none_is_asked_about(queue: School) -> None:
    await queue.says("u-zhao", "通过")
    await queue.presses("u-zhao", "勾选几条")
    [asked] = await queue.presses("u-zhao", "通过勾选的")
    assert asked.startswith("请带编号")
    await queue.presses("u-zhao", "勾选几条")
    await queue.presses("u-zhao", "□ #4")
    done, *_ = await queue.presses("u-zhao", "通过勾选的")
    assert done.startswith("#4 视频《乙》 通过")


async def test_a_rejection_of_several_asks_for_its_reason(queue: School) -> None:
    await queue.says("u-zhao", "退回")
    await queue.presses("u-zhao", "勾选几条")
    for label in ("□ #3", "□ #5"):
        await queue.presses("u-zhao", label)
    [asked] = await queue.presses("u-zhao", "退回勾选的")
    assert "理由" in asked
    [shown] = await queue.says("u-zhao", "画面太暗", quote=asked)
    assert shown.startswith("将退回 2 条：#3")


async def test_leads_are_ticked_at_the_desk_without_their_numbers(queue: School) -> None:
    await queue.says("u-sun", "待认定")
    [card] = await queue.presses("u-sun", "勾选几条")
    assert "13800010055" not in card
    for label in queue.buttons("u-sun")[:2]:
        await queue.presses("u-sun", label)
    await queue.presses("u-sun", "认定勾选的")
    await queue.presses("u-sun", "确认 2 条")
    assert (await queue.says("u-sun", "待认定"))[0] == "没有等您认定的线索，可以放心。"


async def test_who_lost_the_right_meanwhile_decides_nothing(queue: School) -> None:
    await queue.says("u-zhao", "通过")
    await queue.presses("u-zhao", "勾选几条")
    await queue.says("u-sun", "通过 #3 #4")
    [refused] = await queue.says("u-sun", "勾选几条")
    assert "#3" not in refused or "通过" not in refused


async def test_where_no_card_has_boxes_the_numbers_are_typed(sqlite_database: Database) -> None:
    school = await open_school(sqlite_database, capabilities=replace(CAPABILITIES, ticks=False))
    for title in ("甲", "乙"):
        await school.says("u-ma", f"报视频 {title} https://v.douyin.com/{ord(title)}/")
    await school.says("u-zhao", "通过")
    [told] = await school.presses("u-zhao", "勾选几条")
    assert told.endswith("回复要“通过”的编号，例：通过 #1 #2")
    assert school.buttons("u-zhao") == []
    close_school(school)


@pytest.mark.parametrize("quoted", [True, False])
async def test_the_answer_to_a_question_may_quote_it(queue: School, quoted: bool) -> None:
    """A forced reply quotes the question, whose example names numbers of its own."""
    [asked] = await queue.says("u-zhao", "退回 #3")
    done, *_ = await queue.says("u-zhao", "画面太暗", quote=asked if quoted else "")
    assert done.startswith("#3 视频《甲》 退回：画面太暗")
