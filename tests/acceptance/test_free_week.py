"""A week of nine roles in which nobody uses a command: what they say in their own words, with the
buttons under the answers, ends in the facts and points that they meant, on both databases."""

from db import ledger
from db.engine.database import Database
from scoring.facts import State
from tests.acceptance.test_own_words import FOLDER
from tests.worlds.school import School, close_school, open_school

STANDS = {
    1: ("handover", State.ACCEPTED),
    2: ("news", State.ACCEPTED),
    3: ("video", State.ACCEPTED),
    4: ("recommend", State.ACCEPTED),
    5: ("lead", State.ACCEPTED),
    6: ("task", State.WAITING),
    7: ("meeting", State.WAITING),
    8: ("ppt", State.ACCEPTED),
    9: ("training", State.WITHDRAWN),
    10: ("appeal", State.ACCEPTED),
    11: ("training", State.WAITING),
    12: ("waiver", State.WAITING),
}
"""What nobody decides on waits for nobody. 9 was replaced by 11 when the appeal 10 was upheld; 5
stays, since 别…撤回 takes nothing back."""

POINTS = {"training": "5", "dy_handover": "3", "dy_update": "2", "dy_content": "5"}
POINTS |= {"live_team": "5", "ppt": "5"}
"""信息工程系 by hand: nobody absent after the appeal; handed over in time; 1 of 1 week, 1 of 1
on-topic; one teacher of two; approved before 4月5日."""


async def test_a_week_in_everybody_s_own_words(database: Database) -> None:
    roster = FOLDER / "roster.csv"
    school = await open_school(database, start="03-29 13:50", students=None, roster=roster)
    try:
        await _lived_through(school)
        with school.app.db.reading() as tx:
            stands = {
                number: (entry.fact.kind, ledger.stands(tx, number).state)
                for number in STANDS
                if (entry := ledger.entry(tx, number)) is not None
            }
            assert stands == STANDS
            assert ledger.entry(tx, max(STANDS) + 2) is None  # but for the settlement
        for item, points in POINTS.items():
            assert school.points("信息工程系", item) == points, item
        assert school.points("信息工程系") == "25"
        assert school.points("学校办公室", "interaction") == "9"
        assert school.last("han").startswith("艺术工程系 得 ")
        assert school.last("chen").startswith("信息工程系 得 25 / 应得 39")
        assert "郑涛 到 4月10日 24:00 代 赵倩" in "".join(m.text for m in school.shown("zhao"))
        assert "由 周敏（T4010） 换成 牛志（T4005）" in "".join(m.text for m in school.shown("he"))
    finally:
        close_school(school)


async def _lived_through(school: School) -> None:
    for line in (FOLDER / "week.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        day, clock, who, rest = line.split(" ", 3)
        said, _, pressed = rest.partition(" | ")
        await school.says(who, said, at=f"{day} {clock}")
        for label in filter(None, pressed.split("，")):
            await school.presses(who, label)
