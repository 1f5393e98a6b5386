"""After every line of the first weeks: 得 + 已失 + 待评 + 还可争取 = 应得 for every unit."""

import asyncio
from pathlib import Path
from typing import Any

from bot.replay import Line, Replay, read_script
from db import ledger
from db.database import Database
from scoring.cards import school_card, scorecard
from tests.school import School, close_school, open_school

SCRIPT = Path(__file__).parent / "first_weeks.jsonl"


def check(school: School) -> int:
    """How many cards add up; each verdict does so by itself as well."""
    plan, now = school.plan, school.clock.now()
    with school.app.db.reading() as tx:
        tallies, basis = ledger.tallies(tx, plan), ledger.basis(tx, plan, now, now)
    cards = [scorecard(plan, unit, tallies, basis, now) for unit in plan.scored_units]
    cards.append(school_card(plan, tallies, basis, now))
    for card in cards:
        assert card.points + card.lost + card.open + card.winnable == card.max, card
        for verdict in card.verdicts:
            parts = (verdict.points or 0) + verdict.lost + verdict.open + verdict.winnable
            assert parts == verdict.max, verdict
    return len(cards)


async def test_the_four_parts_make_the_maximum_after_every_line(
    sqlite_database: Database,
) -> None:
    school = await open_school(sqlite_database)
    said: list[Any] = []
    replay = Replay(school.app, school.platform, school.clock, SCRIPT.parent, said.append)
    lines: list[Line] = read_script(SCRIPT)
    checked = 0
    for line in lines:
        assert await replay.run([line])
        school.platform.hooks.clear()
        checked += await asyncio.to_thread(check, school)
    assert checked == len(lines) * (len(school.plan.scored_units) + 1)
    assert said
    close_school(school)
