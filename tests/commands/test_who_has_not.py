"""谁没 and 导出: who has not yet, for whoever looks after them, and workbooks on demand."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pytest_asyncio

from bot.adapters.local import CAPABILITIES
from db import people
from db.engine.database import Database
from tests.worlds.school import GROUP, ROSTER, School, close_school, open_school

CLASSES = {"u-chen": "信工2301；信工2302", "u-feng": "学工2301", "u-min": "机电2301"}
TASK = "发任务 春招片 https://v.douyin.com/iAbc/ 截止 4月15日"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """The school's roster with classes; one adviser of two classes, and a name like a formula."""
    head, *rows = ROSTER.read_text("utf-8").splitlines()
    rows = [f"{row},{CLASSES.get(row.rpartition(',')[2], '')}" for row in rows]
    rows = [row.replace(",宣传员,u-chen", ",宣传员；班主任,u-chen") for row in rows]
    rows.append("T4099,@SUM,机电工程系,教师,,")
    path = tmp_path / "roster.csv"
    path.write_text("\n".join([f"{head},班级", *rows]), "utf-8")
    return path


@pytest_asyncio.fixture
async def asked(sqlite_database: Database, roster: Path) -> AsyncIterator[School]:
    """The second of April, with a task that two have forwarded."""
    found = await open_school(sqlite_database, roster=roster, start="04-02 09:00")
    await _task(found)
    yield found
    close_school(found)


async def _task(school: School) -> None:
    await school.says("u-zhao", TASK)
    await school.says("u-xu", "转发 1")
    await school.says("u-wang", "转发 1")


def table(school: School, account: str) -> dict[str, list[tuple[Any, ...]]]:
    """The sheets of the newest workbook that somebody got."""
    [file] = school.shown(account)[-1].files
    book = openpyxl.load_workbook(io.BytesIO(file.data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


async def test_a_head_sees_his_own_people_and_reminds_them_once_a_day(
    database: Database, roster: Path
) -> None:
    school = await open_school(database, roster=roster, start="04-02 09:00")
    try:
        await _task(school)
        assert await school.says("u-xu", "谁没 转发 186") == [
            "没有 #186 这一条，没有处理。看编号请发：我的 或 待审"
        ]
        [said] = await school.says("u-xu", "谁没转发")
        assert said == "还没转发 #1（2）：\n信工 陈晓、白露"
        [said, told] = await school.presses("u-xu", "提醒他们")
        assert said == "已提醒 1 人。\n1 人还没绑定，收不到，请当面说。"
        assert told.startswith("陈老师，任务 #1《春招片》您还没有转发，4月15日（周一）24:00 截止")
        assert school.buttons("u-chen") == ["已转发"]
        assert await school.presses("u-xu", "提醒他们") == ["这件事今天都提醒过了，没有重复发。"]
        [said, told] = await school.presses("u-xu", "提醒他们", at="04-03 09:00")
        assert said.startswith("已提醒 1 人")
        await school.presses("u-chen", "已转发")
        assert await school.says("u-xu", "谁没 转发") == ["还没转发 #1（1）：\n信工 白露"]
        assert (await school.presses("u-xu", "提醒他们"))[0].startswith("还没转发 #1的人里没有")
    finally:
        close_school(school)


async def test_more_than_fifteen_come_as_a_workbook(asked: School) -> None:
    said = await asked.says("u-wu", "谁没 转发 1")
    assert said[-1].startswith("还没转发 #1（25）：\n")
    assert "信工 2" in said[-1]
    rows = table(asked, "u-wu")["名单"]
    assert ("机电工程系", "@SUM", "T4099", "") in rows
    assert len(rows) == 25
    told = await asked.presses("u-wu", "提醒他们")
    assert told[0].startswith("已提醒 18 人。")
    assert not any("吴老师" in one for one in told)
    await asked.says("u-zhao", "谁没 转发 1")
    assert (await asked.presses("u-zhao", "提醒他们"))[0].startswith(
        "已提醒 1 人。另有 17 人今天提醒过"
    )


async def test_each_sees_no_further_than_his_own(asked: School) -> None:
    for line in ("谁没 绑定 机电", "谁没 转发 1 机电"):
        [said] = await asked.says("u-xu", line)
        assert said.startswith("机电工程系 的名单只给")
    assert await asked.says("u-feng", "谁没 转发 1") == ["还没转发 #1（1）：\n学工 学工2301"]
    await asked.says("u-feng", "班级 学工2301 转发 30")
    assert await asked.says("u-feng", "谁没 转发 1") == ["转发 #1：都齐了，没有缺的。"]
    for line in ("谁没 绑定", "谁没 线索", "导出 线索进度"):
        [said] = await asked.says("u-feng", line)
        assert said.startswith("这一样按老师算，不按班级。")
    assert (await asked.says("u-feng", "谁没 班会"))[0].startswith("这里没有要开班会的班级。")
    for account in ("u-liu", "u-sun"):
        assert (await asked.says(account, "谁没 绑定"))[0].startswith("谁没 由")
    # The bindings are the administrator's to look after, and nothing else of this.
    assert (await asked.says("u-he", "谁没 绑定"))[0].startswith("还没绑定（")
    assert "请发：谁没 绑定" in (await asked.says("u-he", "谁没 转发 1"))[0]


async def test_the_subjects_without_a_task(asked: School) -> None:
    await asked.says("u-chen", "班会 信工2301 45")
    assert await asked.says("u-wu", "谁没 班会") == [
        "还没开本周班会（2）：\n信工 信工2302；机电 机电2301"
    ]
    reminded = await asked.presses("u-wu", "提醒他们")
    assert reminded[1:] == [
        "陈老师，第14周班会还没有登记：信工2302。请发：班会 信工2302 人数",
        "周老师，第14周班会还没有登记：机电2301。请发：班会 机电2301 人数",
    ]
    [said] = await asked.says("u-wu", "谁没 绑定 机电")
    assert said == "还没绑定（3）：\n机电 李强、王芳、@SUM"
    [_, told] = await asked.presses("u-wu", "提醒他们")
    assert told == "王主任，本部门还没有绑定的 3 位：李强、王芳、@SUM。请他们私聊我发：绑定 工号"
    [said] = await asked.says("u-kong", "谁没 线索")
    assert said == "还没报满线索（2）：\n健康 刘桂芳 0/10、孔洁 0/10"
    [_, told] = await asked.presses("u-kong", "提醒他们")
    assert told.startswith("刘老师，线索您已认定 0/10。")
    await asked.says("u-he", "校历 教学周 4月8日-7月5日")
    assert await asked.says("u-wu", "谁没 班会") == ["这一周不上课，不要求开班会。"]


async def test_the_bare_word_asks_by_buttons(asked: School) -> None:
    await asked.says("u-xu", "谁没")
    assert asked.buttons("u-xu") == ["转发", "点赞", "评论", "关注", "班会", "绑定", "线索"]
    assert (await asked.presses("u-xu", "线索"))[0].startswith("还没报满线索（3）")
    await asked.says("u-sun", "导出")
    assert asked.buttons("u-sun") == ["线索进度"]


async def test_in_a_group_only_the_asker_is_answered_and_only_when_he_asks_the_bot(
    asked: School,
) -> None:
    for line in ("谁没 绑定", "谁没", "导出 得分", "导出"):
        assert await asked.says("u-xu", line, group=GROUP) == []
    before = len(asked.shown("", GROUP))
    await asked.says("u-xu", "@宣传助手 谁没 绑定", group=GROUP)
    assert asked.last("u-xu").startswith("还没绑定")
    await asked.says("u-xu", "@宣传助手 导出 得分", group=GROUP)
    assert [file.name for file in asked.shown("u-xu")[-1].files] == ["得分_0402.xlsx"]
    new = asked.shown("", GROUP)[before:]
    assert {one.text for one in new if one.author is None} == {"已私信您。"}


async def test_whoever_is_no_head_any_more_gets_no_names(asked: School) -> None:
    await asked.says("u-xu", "谁没 绑定")

    def demote(tx: Any) -> None:
        person = people.directory(tx).by_staff_no["T3001"]
        people.dismiss(tx, person.id, asked.clock.now())
        people.employ(
            tx,
            replace(person, roles=frozenset({"教师"})),
            asked.clock.now(),
            asked.clock.now(),
        )

    await asked.app.write(demote)
    assert (await asked.presses("u-xu", "提醒他们"))[0].startswith("remindthem 由")


async def test_points_duties_and_leads_come_as_workbooks(asked: School) -> None:
    await asked.says("u-liu", "报线索 张小某 13800010001 初三 护理 中职")
    await asked.says("u-sun", "认定 2")
    await asked.says("u-xu", "导出 得分")
    sheets = table(asked, "u-xu")
    assert sheets["总表"][0][:5] == ("本科升学部", "系部", 1, 5, 39)
    assert len(sheets["总表"]) == len(asked.plan.scored_units) + 1
    assert {row[0] for row in sheets["逐项"]} == {"信息工程系"}
    await asked.says("u-xu", "导出 待办")
    sheets = table(asked, "u-xu")
    assert ("信息工程系", "PPT", "4月5日（周五）", 1, 5) in sheets["截止"]
    assert ("信息工程系", "班会", "第14周", 2, 0, 2) in sheets["任务"]
    await asked.says("u-feng", "导出 待办")
    assert ("学生处/团委", "学工2301", "转发 #1", "还没有") in table(asked, "u-feng")["班级"]
    await asked.says("u-sun", "导出 线索进度")
    sheets = table(asked, "u-sun")
    assert ("健康管理系", "刘桂芳", "T2031", 1, 0, 9) in sheets["个人"]
    assert ("健康管理系", 2, 0, 0, 1, 0) in sheets["部门"]
    said = str(sheets)
    assert "张小某" not in said
    assert "1380001" not in said
    assert (await asked.says("u-sun", "导出 得分"))[0].startswith("招办可导出线索进度")
    await asked.says("u-kong", "导出 线索进度")
    assert {row[0] for row in table(asked, "u-kong")["个人"]} == {"健康管理系"}


async def test_where_no_file_can_go_names_come_as_text(
    sqlite_database: Database, roster: Path
) -> None:
    found = await open_school(
        sqlite_database,
        roster=roster,
        start="04-02 09:00",
        capabilities=replace(CAPABILITIES, files=False),
    )
    try:
        [said] = await found.says("u-wu", "谁没 线索")
        assert said.endswith("另有 12 个没有列出，可加部门再问。")
        assert (await found.says("u-wu", "导出 得分"))[0].startswith("这里发不了文件")
    finally:
        close_school(found)
