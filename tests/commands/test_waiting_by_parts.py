"""The queue and the desk read by parts are the queue and the desk read whole."""

from collections import Counter
from functools import partial

import pytest

from commands.admissions import desk
from commands.admissions.calling import Calling
from commands.chat.requests import Asking
from commands.filing.deciders import decided_kinds
from commands.review import waiting
from db import leads, leases
from db.engine.database import Database
from db.engine.tx import Row
from tests.worlds.episodes import WORKS
from tests.worlds.school import School, close_school, open_school

SAID = (
    ("u-chen", WORKS.format("一", "a1")),
    ("u-min", WORKS.format("二", "a2")),
    ("u-ma", "报PPT 专业介绍 https://example.cn/ppt"),
    ("u-wu", WORKS.format("院办自己的", "a3")),
    ("u-zhou", "报线索 招办的 13800010001"),
    ("u-chen", "报线索 张某 13800010002"),
    ("u-ma", "报线索 王某 13800010003"),
    ("u-chen", "报线索 李某 13800010004"),
    ("u-min", "报线索 赵某 13800010005"),
    ("u-chen", WORKS.format("三", "a4")),
)
DECIDERS = ("u-zhao", "u-qian", "u-wu", "u-zheng", "u-sun", "u-li")


def asking(school: School, account: str) -> Asking:
    world = school.app.db.peek("world", school.app.gateway.inside.load)
    now = school.clock.now()
    people = world.people.at(now)
    who = people.by_account["local", account]
    return Asking(plan=school.plan, people=people, who=who, at=now, now=now)


def numbers(rows: list[Row]) -> list[int]:
    return [int(row.fact) for row in rows]


async def test_parts_are_the_whole(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    school = await open_school(database, start="04-03 09:00")
    for account, text in SAID:
        await school.says(account, text)
    await school.says("u-ma", WORKS.format("四", "a5"), at="04-15 09:00")  # the others are late
    zhao = str(asking(school, "u-zhao").who.id)
    hold = partial(leases.hold, name=f"{waiting.PREFIX}2", holder=zhao, seconds=60)
    await school.app.write(partial(hold, now=school.clock.now()))
    await school.app.write(lambda tx: leads.suspect(tx, (6, 9)))
    monkeypatch.setattr(waiting, "BATCH", 2)
    with school.app.db.reading() as tx:
        for account in DECIDERS:
            who = asking(school, account)
            whole = waiting.waiting(who, tx)
            found = waiting.totals(who, tx)
            assert found == Counter((row.kind, row.unit) for row in whole), account
            kinds = decided_kinds(who.plan, who.who)
            for unit in ("", "it", "arts"):
                rest = [row for row in whole if unit in ("", row.unit)]
                for most in (1, 3, 50):
                    read, after = list[Row](), 0
                    while part := waiting.part(who, tx, kinds, after=after, most=most, unit=unit):
                        read += part
                        after = part[-1].fact
                    assert numbers(read) == numbers(rest), (account, unit, most)
                called = numbers(desk.rows_of(who, tx, unit))
                calling = Calling(who, tx, unit)
                assert numbers(calling.behind(0, 50)) == called
                for place, number in enumerate(called):
                    assert numbers(calling.behind(number, 50)) == called[place + 1 :]
                    assert calling.waits(number)
        assert Calling(asking(school, "u-sun"), tx).suspected >= {6, 9}
        assert not Calling(asking(school, "u-sun"), tx).waits(1)
    close_school(school)
