"""A school after the acceptance month: played as it was said, frozen, and with news since.

school = await lived_in(database, claimed=claimed())
"""

from socket import socket

from bot.playground.replay import Replay, first_moment, read_script
from db.engine.database import Database
from scoring.moments import local
from tests.worlds.episodes import WORKS, frozen
from tests.worlds.photos import sent
from tests.worlds.school import School, open_school
from tests.worlds.spoken import MONTH, SCRIPTS

FROZEN, NOW = "05-09 10:00", "05-13 09:00"
NEWS = (
    ("u-chen", WORKS.format("实训基地的早晨", "n1")),
    ("u-min", WORKS.format("数控车间", "n2")),
    ("u-ma", WORKS.format("漆艺课", "n3")),
    ("u-kong", WORKS.format("护理技能比赛", "n4")),
    ("u-zhao", "退回 #197 画面太暗"),
    ("u-kong", "申诉 #197 片子是按通知的尺寸拍的"),
    ("u-zhao", "通过 #196 5月10日 18:00 有截图为证"),
    ("u-chen", "报PPT 信工专业介绍2 https://pan.example.cn/n6"),
    ("u-chen", "报线索 张某 13800010001 初三"),
    ("u-min", "报线索 李某 13900020002 初三"),
    ("u-ma", "报线索 王某 13700030003 高三"),
)

PICTURED = "报新闻 教务处组织期中教学检查 https://www.example.cn/news/n5"


async def lived_in(database: Database, *, claimed: socket | None = None) -> School:
    """The month of tests/acceptance, played on a migrated, empty database; on 13 May something of
    every kind waits for somebody."""
    script, roster = MONTH
    lines = read_script(SCRIPTS / script)
    start = local(first_moment(lines) or 0).isoformat(" ")[:19]
    school = await open_school(
        database,
        start=start,
        students=None,
        roster=SCRIPTS / roster,
        claimed=claimed,
    )
    replay = Replay(school.app, school.platform, school.clock, SCRIPTS, lambda _: None)
    assert await replay.run(lines)
    await frozen(school, at=FROZEN)
    await school.at(NOW)
    for account, text in NEWS:
        await school.says(account, text)
    await school.says("u-tang", PICTURED, file=sent("green"))
    return school
