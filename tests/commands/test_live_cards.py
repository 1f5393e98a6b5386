"""Cards that change in place: the scores a group asked for, and an interaction task."""

from tests.worlds.school import GROUP, School

TASK = "发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"


async def turned(school: School, at: str) -> None:
    await school.at(at)
    await school.app.turn_cards()
    await school.app.delivery.deliver_all()


async def test_the_scores_of_a_group_stay_true_in_place(school: School) -> None:
    await school.says("u-xu", "得分", group=GROUP, at="03-21 09:00")
    shown = len(school.shown("", GROUP))
    before = school.last("", GROUP)
    await turned(school, "03-21 09:02")
    assert school.last("", GROUP) == before
    said = await school.says("u-chen", "交接")
    number = said[0].split("#")[1].split()[0]
    await school.says("u-zhao", f"通过 #{number}")
    await turned(school, "03-21 09:10")
    assert len(school.shown("", GROUP)) == shown
    assert "信工 8/39" in school.last("", GROUP)
    assert "信工 5/39" in before


async def test_a_card_turns_at_most_once_a_minute_and_not_after_its_day(school: School) -> None:
    await school.says("u-xu", "得分", group=GROUP, at="03-21 09:00")
    said = await school.says("u-chen", "交接")
    await school.says("u-zhao", f"通过 #{said[0].split('#')[1].split()[0]}")
    before = school.last("", GROUP)
    await school.app.turn_cards()
    await school.app.delivery.deliver_all()
    assert school.last("", GROUP) == before
    await turned(school, "03-22 09:01")
    assert school.last("", GROUP) == before


async def test_a_past_score_is_no_live_card(school: School) -> None:
    await school.says("u-xu", "得分 截至 3月20日", group=GROUP, at="03-21 09:00")
    before = school.last("", GROUP)
    said = await school.says("u-chen", "交接")
    await school.says("u-zhao", f"通过 #{said[0].split('#')[1].split()[0]}")
    await turned(school, "03-21 09:10")
    assert school.last("", GROUP) == before


async def test_a_task_shows_how_far_it_is_and_loses_its_buttons_in_the_end(
    school: School,
) -> None:
    await school.says("u-zhao", TASK, group=GROUP, at="04-08 09:00")
    card = school.shown("", GROUP)[-1]
    await school.says("u-liu", "转发", at="04-08 12:00")
    await turned(school, "04-08 12:01")
    assert card.text.endswith("已报：转发 1")
    assert next(button.label for row in card.buttons for button in row) == "已转发"
    await turned(school, "04-16 00:01")
    assert card.text.endswith("已报：转发 1\n已截止，等融媒体中心按平台数结。")
    assert card.buttons == ()
