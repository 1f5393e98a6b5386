"""After every line of the first weeks and of the month: 得 + 已失 + 待评 + 还可争取 = 应得."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.playground.replay import Line, Replay, read_script
from db import ledger
from db.engine.database import Database
from scoring.cards import school_card, scorecard
from tests.worlds.school import School, close_school, open_school

HERE = Path(__file__).parent


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


@pytest.mark.parametrize(
    ("script", "roster", "start"),
    [
        ("first_weeks.jsonl", "roster.csv", "03-18 09:00"),
        ("month.jsonl", "month_roster.csv", "03-25 08:00"),
    ],
)
async def test_the_four_parts_make_the_maximum_after_every_line(
    sqlite_database: Database, script: str, roster: str, start: str
) -> None:
    school = await open_school(sqlite_database, start=start, roster=HERE / roster)
    said: list[Any] = []
    replay = Replay(school.app, school.platform, school.clock, HERE, said.append)
    lines: list[Line] = read_script(HERE / script)
    checked = 0
    for line in lines:
        assert await replay.run([line])
        school.platform.hooks.clear()
        checked += await asyncio.to_thread(check, school)
    assert checked == len(lines) * (len(school.plan.scored_units) + 1)
    assert said
    close_school(school)
