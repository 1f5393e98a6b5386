"""Whoever has never seen the product does the first things of his role from 帮助 alone: every
line it shows works when it is sent, every button when it is pressed, on the first day as in a
busy week."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from commands.help.examples import EXAMPLES
from db.accounts import FIRST_ADMIN, issue_code
from db.engine.database import Database
from db.people import ROLES
from tests.worlds.school import GROUP, ROSTER, School, close_school, open_school
from tests.worlds.transcripts import number_in, understood

PEOPLE = {
    "教师": "u-liu",
    "班主任": "u-feng",
    "宣传员": "u-chen",
    "部门负责人": "u-wang",
    "融媒体中心": "u-zhao",
    "考核组": "u-zheng",
    "招办": "u-sun",
    "院长": "u-li",
    "董办": "u-han",
    "管理员": "u-he",
}
BESIDE = {"负责人和宣传员": "u-kong", "本部门的考核组": "u-wu"}
EVERYBODY = sorted({**PEOPLE, **BESIDE}.values())


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """The school's roster, with a class for its 班主任."""
    head, *people = ROSTER.read_text("utf-8").splitlines()
    rows = [f"{row},学工2301" if "u-feng" in row else f"{row}," for row in people]
    path = tmp_path / "roster.csv"
    path.write_text("\n".join([f"{head},班级", *rows]), "utf-8")
    return path


@pytest_asyncio.fixture
async def first_day(sqlite_database: Database, roster: Path) -> AsyncIterator[School]:
    """Nobody has said anything yet; no group is linked."""
    found = await open_school(sqlite_database, roster=roster, students=None, groups=())
    yield found
    close_school(found)


@pytest_asyncio.fixture
async def busy(sqlite_database: Database, roster: Path) -> AsyncIterator[School]:
    """Something waits for everybody who decides, and a task is open."""
    found = await open_school(sqlite_database, roster=roster, start="04-01 09:12")
    await found.says("u-ma", "交接")
    late = number_in(found.last("u-ma"))
    await found.says("u-zhao", f"通过 #{late}")
    for account, line in (
        ("u-lin", f"申诉 #{late} 周六去了没有人"),
        ("u-chen", "报新闻 技能节 https://mp.weixin.qq.com/s/A1"),
        ("u-ma", "报新闻 剪纸展 https://mp.weixin.qq.com/s/A2"),
        ("u-chen", "报视频 机房 https://v.douyin.com/i1/"),
        ("u-min", "报视频 实训 https://v.douyin.com/i2/"),
        ("u-min", "报PPT 数控 https://pan.example.cn/x1"),
        ("u-ma", "报PPT 漆艺 https://pan.example.cn/x2"),
        ("u-liu", "报线索 张某 13800010001 初三 护理 中职"),
        ("u-feng", "报线索 李某 13800010002 初三 计算机"),
    ):
        await found.says(account, line)
    await found.says("u-zhao", "发任务 春招片 https://v.douyin.com/iAbc/ 截止 4月15日", group=GROUP)
    await found.at("04-02 10:00")
    yield found
    close_school(found)


async def helped(school: School, account: str) -> tuple[list[str], list[str]]:
    """The lines and the labels that 帮助 shows to somebody."""
    await school.says(account, "帮助")
    return school.last(account).split("\n")[1:-1], school.buttons(account)


# --- every line, every button -------------------------------------------------------------


@pytest.mark.parametrize("account", EVERYBODY)
async def test_every_line_that_help_shows_works_as_it_stands(busy: School, account: str) -> None:
    lines, _ = await helped(busy, account)
    assert 5 <= len(lines) <= 6
    for line in lines:
        if line == "名册":
            continue  # goes with a file: below
        understood(await busy.says(account, line), line)
        assert busy.buttons(account) != ["取消"], f"{line}: asks for more"


@pytest.mark.parametrize("account", EVERYBODY)
async def test_every_button_under_help_leads_on(busy: School, account: str) -> None:
    _, labels = await helped(busy, account)
    for label in labels:
        await busy.says(account, "帮助")
        understood(await busy.presses(account, label), label)
        await busy.says(account, "取消")


@pytest.mark.parametrize("account", EVERYBODY)
async def test_on_the_first_day_there_are_things_to_do_too(first_day: School, account: str) -> None:
    lines, labels = await helped(first_day, account)
    assert len(lines) >= 4
    for line in lines:
        if line != "名册":
            understood(await first_day.says(account, line), line)
    for label in labels:
        await first_day.says(account, "帮助")
        understood(await first_day.presses(account, label), label)
        await first_day.says(account, "取消")


@pytest.mark.parametrize("account", EVERYBODY)
async def test_help_in_the_group_shows_nobody_s_queue(busy: School, account: str) -> None:
    [said] = await busy.says(account, "@宣传助手 帮助", group=GROUP)
    assert not any(word in said for word in ("通过 #", "认定 #", "退回 #", "处理 #", "1380"))
    labels = busy.buttons(group=GROUP)
    assert len(labels) > 1
    for label in labels:
        await busy.says(account, "@宣传助手 帮助", group=GROUP)
        understood(await busy.presses(account, label, group=GROUP), label)
    for line in said.split("\n")[1:-1]:
        if line not in ("名册", "关联"):
            understood(await busy.says(account, f"@宣传助手 {line}", group=GROUP), line)


async def test_a_number_is_asked_for_in_private_alone(busy: School) -> None:
    [said] = await busy.says("u-liu", "@宣传助手 报线索", group=GROUP)
    assert said == "电话请别发在群里，没有登记。请私聊我发：报线索"
    [shown] = await busy.says("u-liu", "@宣传助手 帮助", group=GROUP)
    assert "138" not in shown
    [one] = await busy.says("u-liu", "@宣传助手 帮助 报线索", group=GROUP)
    assert one == "报线索请私聊我说，电话不发在群里。私聊发“帮助 报线索”看例子。"


@pytest.mark.parametrize("account", EVERYBODY)
async def test_pressing_an_example_books_and_decides_nothing(busy: School, account: str) -> None:
    await busy.says("u-chen", "报软文 甲 https://mp.weixin.qq.com/s/B1")
    number, before = number_in(busy.last("u-chen")), busy.score()
    _, labels = await helped(busy, account)
    for label in labels:
        await busy.says(account, "帮助")
        await busy.presses(account, label)
        await busy.says(account, "取消")
    assert busy.score() == before
    await busy.says("u-chen", "报软文 乙 https://mp.weixin.qq.com/s/B2")
    assert number_in(busy.last("u-chen")) == number + 1


async def test_the_first_administrator_finds_his_way_with_an_empty_school(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "one.csv"
    path.write_text("工号,姓名,部门\nT1,甲某,财务部\n", "utf-8")
    school = await open_school(sqlite_database, roster=path, students=None, groups=())
    now = school.clock.now()
    code = await school.app.write(lambda tx: issue_code(tx, FIRST_ADMIN, None, now, ttl=1800))
    [bound] = await school.says("u-boss", f"绑定 {code}")
    assert bound.endswith("下一步：私聊我发花名册文件，写“名册”。")
    await school.presses("u-boss", "帮助")
    assert school.last("u-boss").startswith("管理员好，常用的有")
    lines, _ = await helped(school, "u-boss")
    assert lines[:3] == ["名册", "关联", "设置 在校人数 7000"]
    for line in lines[1:]:
        understood(await school.says("u-boss", line), line)
    close_school(school)


# --- what it shows ------------------------------------------------------------------------


def test_every_role_has_its_first_things() -> None:
    assert EXAMPLES.keys() == set(ROLES) == PEOPLE.keys()


async def test_the_examples_are_one_s_own(busy: School) -> None:
    lines, labels = await helped(busy, "u-liu")
    assert lines[0] == "报线索 张某 13800138000 初三 健康 中职"
    assert labels[0] == "报线索"
    assert "得分 健康" in lines
    lines, _ = await helped(busy, "u-feng")
    assert lines[0] == "班会 学工2301 45"
    lines, _ = await helped(busy, "u-wang")
    assert "推荐 周敏 李强" in lines
    lines, _ = await helped(busy, "u-zhao")
    waiting = number_in((await busy.says("u-zhao", "待审"))[0])
    assert f"通过 #{waiting}" in lines


async def test_what_is_done_is_no_example_any_more(busy: School) -> None:
    assert "交接 机电抖音号已在融媒体中心登录授权" in (await helped(busy, "u-min"))[0]
    await busy.says("u-min", "交接")
    assert not any("交接" in line for line in (await helped(busy, "u-min"))[0])


async def test_who_has_two_roles_is_shown_of_both(busy: School) -> None:
    lines, _ = await helped(busy, "u-kong")
    assert lines[0] == "得分 健康"
    assert lines[1].startswith("报新闻 ")


async def test_a_roster_example_goes_with_its_file(busy: School) -> None:
    lines, _ = await helped(busy, "u-he")
    assert lines[0] == "名册"
    assert await busy.says("u-he", "名册") == ["没有看到文件。请把文件发给我，说明里写：名册"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("报线索", "报线索，例：报线索 张某 13800138000 初三 健康 中职"),
        ("得分", "得分，例：得分 健康"),
        ("score", "得分，例：得分 健康"),
        (
            "培训",
            "培训由考核组来说，例：培训 短视频培训 4月10日 缺席 张三 李四 请假 赵六 不合格 王五",
        ),
        ("天气", "没有“天气”这个词。要看能做什么，请发：帮助"),
    ],
)
async def test_help_on_a_word_is_one_line_with_one_example(
    busy: School, word: str, said: str
) -> None:
    assert await busy.says("u-liu", f"帮助 {word}") == [said]


async def test_a_question_for_what_is_missing_shows_one_s_own_example(busy: School) -> None:
    [asked] = await busy.says("u-feng", "班会")
    assert asked.endswith("例：班会 学工2301 45")
