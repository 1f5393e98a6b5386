"""A month of an invented primary school, by its own plan, against a calculation by hand.

Four units, three items: training 6, 开学展示 4 or 2, 成果发布 1 each up to 3.

| unit     | training       | 开学展示              | 成果发布 | total |
|----------|----------------|-----------------------|----------|-------|
| 低年级组 | 6 - 2 (absent) | approved 3月6日: 4    | 2        | 10/13 |
| 中年级组 | 6              | approved 3月12日: 2   | 1        | 9/13  |
| 高年级组 | 6 - 1 (failed) | nothing by 3月22日: 0 | 4 cut to 3 | 8/13 |
| 德育处   | 6              | not applicable        | not applicable | 6/6 |
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db import plans
from db.engine.database import Database
from scoring.plan import Plan
from scoring.planfile import parse
from scoring.planroll import roll
from tests.worlds.school import School, close_school, open_school

TEXT = roll(plans.examples()["primary"], 2025)
PLAN: Plan = parse(TEXT, "primary.toml")
ROSTER = """工号,姓名,部门,角色,账号,班级
P01,周校长,德育处,院长,u-dean,
P02,吴主任,德育处,考核组,u-wu,
P03,何平,德育处,管理员,u-admin,
P11,陈晨,低年级组,宣传员；部门负责人,u-low,
P12,张红,低年级组,班主任,u-zhang,一1班
P21,林琳,中年级,宣传员；部门负责人,u-mid,
P31,李明,五六年级,宣传员；部门负责人,u-up,
P32,李强,高年级组,教师,u-qiang,
"""
HAND = {
    "低年级组": ("10", "13"),
    "中年级组": ("9", "13"),
    "高年级组": ("8", "13"),
    "德育处": ("6", "6"),
}


@pytest.fixture
async def primary(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[School]:
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, "utf-8")
    found = await open_school(
        sqlite_database, start="2025-02-24T09:00", students=None, roster=roster, own=TEXT
    )
    yield found
    close_school(found)


async def _approved(school: School, who: str, said: str, decider: str, at: str) -> None:
    await school.says(who, said, at=f"2025-{at}T09:00")
    number = school.last(who).partition("#")[2].partition(" ")[0].rstrip("，。：")
    digits = "".join(sign for sign in number if sign.isdigit())
    [told, *_] = await school.says(decider, f"通过 #{digits}", at=f"2025-{at}T15:00")
    assert "通过" in told or "认可" in told, told


async def _month(school: School) -> None:
    await _approved(school, "u-low", "报PPT 新学期 https://mh.cn/p1", "u-dean", "03-06")
    await _approved(school, "u-low", "发布成绩 朗诵 https://mh.cn/r1", "u-wu", "03-07")
    await _approved(school, "u-mid", "报PPT 新学期 https://mh.cn/p2", "u-dean", "03-12")
    await _approved(school, "u-mid", "发布成绩 书法 https://mh.cn/r2", "u-wu", "03-13")
    await _approved(school, "u-low", "发布成绩 合唱 https://mh.cn/r3", "u-wu", "03-14")
    await school.says("u-wu", "培训 摄影培训 3月14日 缺席 张红 不合格 李强", at="2025-03-14T16:00")
    for day in ("17", "18", "19", "20"):
        link = f"https://mh.cn/u{day}"
        await _approved(school, "u-up", f"发布成绩 作品{day} {link}", "u-wu", f"03-{day}")
    for day in ("24", "25"):
        await _approved(
            school, "u-low", f"报新闻 见闻{day} https://mh.cn/n{day}", "u-wu", f"03-{day}"
        )
    await school.at("2025-03-31T20:00")


async def test_a_month_by_a_plan_of_another_shape_is_what_the_hand_calculates(
    primary: School,
) -> None:
    await _month(primary)
    document = primary.score()
    assert {row["unit"]: (row["points"], row["max"]) for row in document["units"]} == HAND
    assert [item["item"] for item in document["units"][0]["items"]] == [
        "training",
        "ppt",
        "results_channel",
    ]
    assert (document["school"]["points"], document["school"]["max"]) == ("0", "0")
    [news] = document["units"][0]["board"]
    assert (news["task"], news["due"], news["done"]) == ("news", 2, 2)


async def test_words_of_what_the_plan_leaves_out_say_so(primary: School) -> None:
    for who, said in (
        ("u-low", "交接"),
        ("u-low", "报线索 张某 13800138000 初三"),
        ("u-low", "报视频 标题 https://mh.cn/v"),
        ("u-low", "直播 标题 130分钟"),
        ("u-low", "推荐 张红"),
    ):
        [told, *_] = await primary.says(who, said, at="2025-03-03T09:00")
        assert told.startswith("本校方案没有这一项"), (said, told)


async def test_what_everybody_reads_needs_no_other_shape(primary: School) -> None:
    await _month(primary)
    assert "年级组" in (await primary.says("u-low", "排名"))[0]
    assert "应得 13" in (await primary.says("u-low", "得分 低年级"))[0]
    whole = "\n".join(await primary.says("u-low", "得分", group="staff"))
    assert "处室" in whole
    for said in ("截止", "待办", "我的", "指标", "平台", "帮助", "为什么 低年级 开学展示"):
        told = await primary.says("u-low", said)
        assert told
        assert not any("出了点问题" in text for text in told), (said, told)
    told = await primary.says("u-admin", "设置 在校人数 800")
    assert "800" in told[0]


EVERYWHERE = {
    "u-low": (
        "待办",
        "我的",
        "截止",
        "指标",
        "排名",
        "得分 明细",
        "平台",
        "帮助",
        "帮助 报新闻",
        "谁没绑",
    ),
    "u-zhang": ("班会 一1班 40", "帮助", "待办", "我的", "班级 一1班 转发 30"),
    "u-wu": ("待审", "方案", "口径", "帮助", "处理", "月报", "豁免 低年级 第12周", "原文 附件2·一"),
    "u-dean": ("待审", "待办", "帮助", "得分", "直播 标题 130分钟"),
    "u-admin": ("健康", "提醒", "校历", "设置", "催办", "待确认", "审计 #1", "帮助"),
    "u-qiang": (
        "我的",
        "帮助",
        "转发 1",
        "点赞",
        "撤回",
        "反映 #1 不对",
        "报软文 标题 https://mh.cn/s",
    ),
}


async def test_no_word_of_anybody_fails_by_this_plan(
    primary: School, caplog: pytest.LogCaptureFixture
) -> None:
    await _month(primary)
    for who, words in EVERYWHERE.items():
        for said in words:
            assert await primary.says(who, said), (who, said)
            await primary.app.jobs.run_due()
    await primary.says("u-qiang", "https://mh.cn/x 校园新闻")
    await primary.says("u-qiang", "家长问转学 13800138000", group="staff")
    assert not [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


async def test_its_reminders_keep_its_own_days_and_hours(primary: School) -> None:
    before = len(primary.seen)
    await primary.at("2025-04-10T09:00")
    told = [message.text for message in primary.seen[before:]]
    assert any("3月8日" in text for text in told)
    assert not any("交接" in text or "直播" in text or "线索" in text for text in told)
    assert any("月报" in text for text in told)


async def test_its_month_is_reported(primary: School) -> None:
    await _month(primary)
    await primary.says("u-wu", "月报 2025-03", at="2025-04-02T10:00")
    await primary.app.jobs.run_due()
    await primary.app.delivery.deliver_all()
    assert "4 个部门" in "\n".join(message.text for message in primary.seen[-4:])
