"""1,000 reports while the process is killed 20 times: no answered one is lost (issue 2)."""

import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from db.database import Database
from db.schema import claims, facts, inbox, leads, outbox, postings, tallies, waiting
from scoring.cards import Tallies
from tests.school import close_school, open_school

REPORTS = 1_000
KILLS = 20
ROOT = Path(__file__).parents[2]


def run_until(address: str, answers: int | None) -> list[tuple[str, str]]:
    """Let a process report; kill it after so many answers (None: let it finish)."""
    command = [sys.executable, "-m", "tests.crash.reporting", address, "0", str(REPORTS)]
    seen: list[tuple[str, str]] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.endswith("\n"):
                break  # killed in the middle of writing it: nobody has seen this answer
            key, number = line.split()
            seen.append((key, number))
            if len(seen) == answers:
                process.kill()
    return seen


async def test_no_answered_report_is_lost(sqlite_database: Database) -> None:
    school = await open_school(sqlite_database, start="03-29 09:00")
    close_school(school)
    address = f"sqlite:///{sqlite_database.driver.path}"
    draw = random.Random(20240330)
    answered: dict[str, set[str]] = {}
    for answers in (*(draw.randint(1, REPORTS // KILLS) for _ in range(KILLS)), None):
        for key, number in run_until(address, answers):
            answered.setdefault(key, set()).add(number)

    assert len(answered) == REPORTS
    assert all(len(numbers) == 1 for numbers in answered.values())
    with sqlite_database.reading() as tx:
        rows = {
            table.name: tx.run(select(func.count().label("rows")).select_from(table))[0].rows
            for table in (facts, leads, claims, waiting, inbox, outbox, postings)
        }
        assert set(rows.values()) == {REPORTS}, rows
        recounted = Tallies(
            (p.unit, p.measure, p.period, p.delta) for p in tx.run(select(postings))
        )
        stored = Tallies((t.unit, t.measure, t.period, t.value) for t in tx.run(select(tallies)))
        assert stored.sums == recounted.sums
        kept = {f"#{row.id}" for row in tx.run(select(facts.c.id))}
    assert set().union(*answered.values()) == kept
