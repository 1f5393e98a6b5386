"""怎么算分: one page of the plan in force, in the reader's role, with no number of its own."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.adapters.local import CAPABILITIES
from commands.paper import fonts
from commands.plans import page
from commands.wording.sentences import CATALOGUE
from db import plans, publishing
from db.engine.database import Database
from db.people import NOBODY
from scoring.plan import Plan
from scoring.planfile import parse
from scoring.planshow import worded
from tests.worlds.school import GROUP, School, _instant, close_school, open_school

PLANS = Path(plans.__file__).parents[1] / "scoring" / "plans"
TEXT = plans.templates()[0].text


@pytest.mark.parametrize("plan", [parse(f.read_text("utf-8"), "") for f in PLANS.glob("*.toml")])
def test_every_number_of_a_plan_stands_on_its_page(plan: Plan) -> None:
    said = page._text(plan, NOBODY)
    for item in plan.items:
        [line] = [row for row in said.split("\n") if row.startswith(f"{item.word} ")]
        for value in (item.max, *(term.value for term in item.terms.values())):
            assert worded(value) in line


def test_no_number_stands_in_a_sentence() -> None:
    rows = CATALOGUE.families["rule"] | CATALOGUE.families["page"]
    plain = {name: re.sub(r"\{\w+\}", "", said) for name, said in rows.items()}
    assert not [name for name, said in plain.items() if re.search(r"\d", said.replace("24:00", ""))]


async def test_it_is_the_page_of_ones_role(school: School) -> None:
    [teacher] = await school.says("u-liu", "怎么算分", at="04-02 10:00")
    rows = teacher.split("\n")
    assert rows[0] == "2024 年 健康管理系 怎么算分：应得 39 分"
    assert rows[1].startswith("培训 5 分（看您本人）　先记满分，缺席每人次扣 1 分")
    assert rows[2].startswith("线索 10 分（看您本人）　每人由招办认定满 10 条")
    assert "互动" not in teacher  # asked of another unit alone
    [officer] = await school.says("u-chen", "怎么算分")
    assert officer.split("\n")[2].startswith("交接 3 分　3月30日（周六）24:00 前交接")
    assert "推文点击 每篇 1209 次" in officer
    [reviewer] = await school.says("u-zhao", "/rules")
    assert "互动 10 分" in reviewer
    assert "由您审　视频 融媒体中心审，按提交时间" in reviewer
    assert "审的人须回避时由您审　新闻、软文" in reviewer
    [assessor] = await school.says("u-wu", "怎么算分")
    assert "审的人须回避时由您审　线索、视频" in assessor


async def test_a_new_text_of_the_plan_is_on_the_page_at_once(school: School) -> None:
    assert "24:00 前得 3 分" in (await school.says("u-chen", "怎么算分", at="04-02 10:00"))[0]
    text = TEXT.replace("terms.second_points = { is = 3,", "terms.second_points = { is = 2,")
    await school.app.write(lambda tx: publishing.publish(tx, text, now=_instant("04-02 10:30")))
    assert "24:00 前得 2 分" in (await school.says("u-chen", "怎么算分", at="04-02 11:00"))[0]


async def test_a_switched_reading_is_told_where_it_counts(school: School) -> None:
    text = TEXT.replace(
        'setting = "score.floor", is = "none"', 'setting = "score.floor", is = "zero"'
    )
    text = text.replace(
        'setting = "douyin.update_mode", is = "prorata"',
        'setting = "douyin.update_mode", is = "all_or_nothing"',
    )
    await school.app.write(lambda tx: publishing.publish(tx, text, now=_instant("04-02 10:30")))
    [said] = await school.says("u-chen", "怎么算分", at="04-02 11:00")
    [training] = [row for row in said.split("\n") if row.startswith("培训 ")]
    assert "约定 A08：每项最多扣到 0 分" in training
    [update] = [row for row in said.split("\n") if row.startswith("视频更新 ")]
    assert "约定 A06：没说明的更新分，每个周期都达标才给" in update
    assert "按达标周数的比例" not in said


async def test_a_group_gets_a_picture_of_the_whole_plan_and_nothing_unasked(
    school: School,
) -> None:
    assert await school.says("u-liu", "怎么算分", group=GROUP) == []
    await school.says("u-liu", "@宣传助手 怎么算分", group=GROUP)
    newest = school.shown("", GROUP)[-1]
    [file] = newest.files
    assert (newest.text, file.name) == (
        "2024 年《学校品牌宣传推进方案》怎么算分",
        "2024年怎么算分.png",
    )
    with Image.open(io.BytesIO(file.data)) as drawn:
        assert drawn.format == "PNG"
    await school.says("u-liu", "怎么算分")
    await school.presses("u-liu", "出图")
    assert school.shown("u-liu")[-1].text == "2024 年 健康管理系 怎么算分：应得 39 分"


async def test_where_no_picture_can_be_made_the_group_gets_the_text(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await open_school(sqlite_database, capabilities=replace(CAPABILITIES, files=False))
    try:
        [said] = await found.says("u-liu", "/怎么算分", group=GROUP)
        assert "互动 10 分" in said
        assert found.buttons("u-liu", GROUP) == []
    finally:
        close_school(found)


async def test_without_a_font_the_page_comes_as_text(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_faces", lambda preferred: ())
    said = await school.says("u-liu", "/怎么算分", group=GROUP)
    assert said[-1].startswith("没有找到中文字体")
    assert "互动 10 分" in said[-1]


@pytest.mark.begins("12-30 09:00")
async def test_in_a_year_without_a_plan_the_last_one_is_shown_and_said(school: School) -> None:
    [said] = await school.says("u-liu", "怎么算分", at="2025-01-06 10:00")
    assert said.startswith("2025 年")
    assert "培训 5 分" in said
