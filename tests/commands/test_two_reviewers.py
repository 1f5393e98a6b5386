"""Friday with two reviewers: they never meet, send back and take back in a press, and see on the
card what stands out (C5, C17)."""

from tests.worlds.school import School

OFFICERS = ("u-chen", "u-min", "u-ma", "u-kong", "u-jing", "u-tang")
MIND = "请留意肖像同意、不涉隐私；退回后按重交时间计周。"


async def friday(school: School) -> None:
    """Sixty videos of six units wait."""
    await school.at("04-12 09:00")
    for which, officer in enumerate(OFFICERS):
        pasted = "\n".join(
            f"{officer[2:]} {'春夏秋冬雨雪风霜云月'[number]}日 https://v.douyin.com/{officer[2:]}{number}x/"
            for number in range(10)
        )
        await school.says(officer, f"报视频 {pasted}", at=f"04-12 10:{which:02d}")
    await school.at("04-12 17:50")


async def test_two_reviewers_look_through_sixty_in_one_press_each(school: School) -> None:
    await friday(school)
    before = {who: len(school.shown(who)) for who in ("u-zhao", "u-qian")}
    seen: list[int] = []
    for who in before:
        await school.says(who, "待审")
        [card] = await school.presses(who, "逐条看")
        assert card.endswith(MIND)
        seen.append(int(card[1 : card.index(" ")]))
    for minute in range(51, 81):
        for who in before:
            at = f"04-12 {17 + minute // 60}:{minute % 60:02d}"
            following, *_ = await school.presses(who, "通过", at=at)
            card = following.partition("\n")[2]
            if card.startswith("#"):
                seen.append(int(card[1 : card.index(" ")]))
    assert set(seen) == set(range(1, 61))
    assert len(seen) <= 61, "only the very last one may be seen by both"
    assert school.last("u-qian").endswith("后面没有等您处理的了。")
    for who, count in before.items():  # 待审 and its answer, which turned into thirty cards
        assert len(school.shown(who)) == count + 2


async def test_a_card_that_somebody_else_decided_turns_into_the_next_one(school: School) -> None:
    await friday(school)
    await school.says("u-zhao", "待审")
    await school.presses("u-zhao", "逐条看")
    await school.says("u-qian", "通过 #1")
    answer, *_ = await school.presses("u-zhao", "通过", at="04-12 17:52")
    assert answer.startswith("#1 已由钱峰 17:50 通过，没有重复处理。\n#2 ")


async def test_a_usual_reason_is_a_press_and_so_is_taking_it_back(school: School) -> None:
    await friday(school)
    await school.says("u-zhao", "待审")
    await school.presses("u-zhao", "逐条看")
    await school.presses("u-zhao", "退回")
    assert school.buttons("u-zhao") == ["画质/声音", "缺肖像同意", "题材不符", "取消"]
    following, told = await school.presses("u-zhao", "缺肖像同意", at="04-12 17:51")
    assert following.startswith("#1 已退回（可撤）。\n#2 ")
    assert told.startswith("#1 视频《chen 春日》 退回：缺肖像同意。")
    assert school.buttons("u-zhao") == ["通过", "退回", "偏题", "跳过", "撤回上一条"]
    undone, *_ = await school.presses("u-zhao", "撤回上一条", at="04-12 17:52")
    assert undone == "已撤回对 #1 的决定，重新等待。"
    [again] = await school.presses("u-zhao", "逐条看", at="04-12 17:53")
    assert again.startswith("#1 信工")
    [preview] = await school.says("u-zhao", "通过 2-4")
    assert preview.endswith("\n通过即认定“不偏题”。")


async def test_what_stands_out_is_said_on_the_card_and_costs_nothing(school: School) -> None:
    await school.says(
        "u-chen", "报新闻 技能节开幕 https://mp.weixin.qq.com/s/AAA111", at="04-12 10:00"
    )
    await school.says(
        "u-min", "报新闻 技能节开幕 https://mp.weixin.qq.com/s/BBB222", at="04-12 11:00"
    )
    await school.says("u-wu", "待审")
    await school.presses("u-wu", "逐条看")
    following, *_ = await school.presses("u-wu", "跳过")
    assert "\n与 #1 标题相同（信工，同日）\n" in following
    await school.presses("u-wu", "通过", at="04-12 11:05")
    assert school.points("机电工程系") == school.points("健康管理系"), "a flag is no point"
    for part in range(2):
        links = "\n".join(
            f"{part} {n} https://mp.weixin.qq.com/s/C{part}{n:02d}" for n in range(15)
        )
        await school.says("u-ma", f"报新闻 {links}", at=f"04-12 12:00:{part:02d}")
    await school.says("u-wu", "待审")
    card, *_ = await school.presses("u-wu", "逐条看", at="04-12 12:10")
    assert "马超 这一分钟里报了 30 条" not in card, "#1 is another's"
    following, *_ = await school.presses("u-wu", "跳过", at="04-12 12:11")
    assert "马超 这一分钟里报了 30 条" in following


async def test_of_very_many_in_a_minute_the_card_says_that_they_are_more(school: School) -> None:
    for part in range(4):
        links = "\n".join(
            f"{part} {n} https://mp.weixin.qq.com/s/D{part}{n:02d}" for n in range(15)
        )
        await school.says("u-ma", f"报新闻 {links}", at=f"04-12 12:00:{part:02d}")
    await school.says("u-wu", "待审")
    card, *_ = await school.presses("u-wu", "逐条看", at="04-12 12:10")
    assert "马超 这一分钟里报了 50 条以上" in card
