"""The board of what carries no points, over a year's turn (附件2; A19, A26, A41, A52)."""

from functools import partial

import pytest

from db import ledger, publishing
from scoring.planroll import roll
from tests.worlds.plan import SOURCE
from tests.worlds.school import School

IN_2024, IN_2026 = pytest.mark.begins("2024-12-27 09:00"), pytest.mark.begins("2026-12-28 09:00")


async def shown(school: School, unit: str) -> str:
    return (await school.says("u-he", f"指标 {unit}"))[0]


async def test_the_offices_weekly_video_is_a_reminder_and_its_month_what_is_scored(
    school: School,
) -> None:
    await school.at("04-09 10:00")
    before = await shown(school, "院办")
    assert "本周 栏目 0/1　视频 0/1" in before
    assert "视频 0/4" in before
    await school.says("u-wu", "报视频 董事长讲话 https://v.douyin.com/iWu01/")
    after = await shown(school, "院办")
    assert "本周 栏目 0/1　视频 1/1" in after
    assert "视频 1/4" in after
    board = next(row for row in school.score()["units"] if row["unit"] == "学校办公室")["board"]
    assert [row["period"] for row in board if row["task"] == "video"] == ["2024-04"]
    await school.at("04-16 10:00")
    assert "本周 栏目 0/1　视频 0/1" in await shown(school, "院办")
    assert "本周 视频" not in await shown(school, "财务部")


@pytest.mark.begins("06-14 09:00")
async def test_live_minutes_and_pairs_of_introductions_are_on_the_board_of_a_department(
    school: School,
) -> None:
    await school.at("06-17 10:00")
    assert "直播 0/3（6月15日–7月30日，每场 120 分钟以上）" in await shown(school, "机电")
    await school.says("u-min", "直播 走进机电 119分钟")
    await school.says("u-min", "直播 走进数控 120分钟")
    await school.says("u-min", "报介绍 视频 走进数控 https://v.douyin.com/iPqr345/")
    said = await shown(school, "机电")
    assert "介绍PPT 0/2　介绍视频 1/2　直播 1/3" in said
    await school.at("07-31 10:00")
    assert "直播" not in await shown(school, "机电")


async def test_views_that_fell_short_in_the_first_week_are_asked_for_again(school: School) -> None:
    await school.says("u-min", "报新闻 开幕 https://mp.weixin.qq.com/s/AAA111", at="04-09 10:00")
    await school.says("u-min", "报新闻 闭幕 https://mp.weixin.qq.com/s/BBB222")
    await school.says("u-min", "点击 #1 800", at="04-11 10:00")
    await school.says("u-min", "点击 #2 1500")
    assert "点击达标 1/2" in await shown_later(school)
    await school.at("04-23 17:00")
    asked = [one.text for one in school.shown("u-min") if "点击量" in one.text or "#1" in one.text]
    assert any("#1" in text and "7 天" in text for text in asked)
    assert not any("#2《" in text for text in asked)


async def shown_later(school: School) -> str:
    await school.at("04-17 10:00")
    return await shown(school, "机电")


@pytest.mark.parametrize(
    ("year", "day", "belongs"),
    [
        pytest.param(2026, "2027-01-01 10:00", 2026, marks=IN_2026),  # Friday of 2026-W53
        pytest.param(2026, "2027-01-04 10:00", 2027, marks=IN_2026),
        pytest.param(2024, "2024-12-29 10:00", 2024, marks=IN_2024),  # of 2024-W52
        pytest.param(2024, "2024-12-30 10:00", 2025, marks=IN_2024),  # Monday of 2025-W01
    ],
)
async def test_a_week_belongs_to_one_year_whole(
    school: School, year: int, day: str, belongs: int
) -> None:
    for one in {year, year + 1} - {2024}:
        text, now = roll(SOURCE, one), school.clock.now()
        work = partial(publishing.publish, text=text, now=now, by="甲", second="乙")
        school.app.writer.submit(work).result()
    await school.at(f"{day.replace(' ', 'T')}:00")
    [taken] = await school.says("u-min", "报视频 新年 https://v.douyin.com/iNew01/")
    [news] = await school.says("u-min", "报新闻 新年 https://mp.weixin.qq.com/s/NEW01")
    numbers = [
        int(text[text.index("#") + 1 :].split(" ")[0].rstrip("：，。")) for text in (taken, news)
    ]
    with school.app.db.reading() as tx:
        video, piece = (ledger.entry(tx, number) for number in numbers)
    assert video.plan == str(belongs)
    assert piece.plan == day[:4]


@pytest.mark.begins("08-27 09:00")
async def test_a_head_count_can_be_set_for_a_day_to_come(school: School) -> None:
    await school.at("08-28 10:00")
    [asked] = await school.says("u-he", "设置 在校人数 6500 9月1日")
    assert "7000 → 6500（9月1日起）" in asked or "6500（9月1日起）" in asked
    await school.presses("u-he", "确认")
    assert "7000" in (await school.says("u-he", "设置", at="08-31 23:00"))[0]
    assert "6500" in (await school.says("u-he", "设置", at="09-01 08:00"))[0]
    [refused] = await school.says("u-he", "设置 在校人数 6400 8月1日")
    assert refused.startswith("8月1日已经开始，没有改动")
    [letterhead] = await school.says("u-he", "设置 抬头 2024年9月1日建校")
    assert "2024年9月1日建校" in letterhead
