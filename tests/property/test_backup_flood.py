"""A backup taken while reports pour in is one consistent state, in either database."""

import asyncio
from pathlib import Path

import pytest

from bot.process import archive, restoring
from bot.process.proof import proof
from bot.services.patience import Patience
from commands.chat.messages import Chat, Incoming
from db import backup
from db.engine.database import Database, driver_of
from db.engine.vault import Vault
from tests.conftest import KEY, Address
from tests.worlds.school import School, close_school, open_school

IN_FLIGHT = 64
RATE = 1_000
"""Reports a second."""


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.soak)])
async def test_a_backup_in_a_flood_of_reports_restores_with_equal_hashes(
    database: Database,
    sqlite_address: Address,
    postgres_address: Address,
    tmp_path: Path,
    rounds: int,
) -> None:
    school = await open_school(database, start="03-29 09:00")
    school.app.gateway.patience = Patience(None)
    flooding = asyncio.create_task(_flood(school))
    made = []
    for number in range(rounds):
        await asyncio.sleep(0.5)
        now = school.clock.now() + number
        made.append(await asyncio.to_thread(archive.make, database, tmp_path / "kept", now))
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)
    await school.app.gateway.drain()

    reports = [one.head.tables["facts"].rows for one in made]
    assert len(set(reports)) == rounds  # each of another state: the reports went on meanwhile
    for one in made:
        for url in (sqlite_address(False), postgres_address(False)):
            done = await asyncio.to_thread(
                restoring.restore, driver_of(url), Vault(KEY), one.path, []
            )
            copy = Database.open(url, KEY)
            with backup.snapshot(copy) as tx:
                assert proof(tx, one.head.taken_at) == one.head.proof
            copy.close()
            assert done.same
    close_school(school)


async def _flood(school: School) -> None:
    """Leads of one teacher, many at once, no more than RATE a second."""
    numbers = iter(range(10**6))

    async def one() -> None:
        for number in numbers:
            await school.app.gateway.receive(
                Incoming(
                    update=f"flood-{number}",
                    chat=Chat(platform="local", id="u-liu"),
                    author="u-liu",
                    sent_at=school.clock.now(),
                    received_at=school.clock.now(),
                    text=f"报线索 张某 138{number:08d} 初三",
                    message=f"f{number}",
                )
            )
            await asyncio.sleep(IN_FLIGHT / RATE)

    await asyncio.gather(*(one() for _ in range(IN_FLIGHT)))
