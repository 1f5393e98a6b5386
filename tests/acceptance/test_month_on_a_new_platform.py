"""The acceptance month spoken on a platform that was added for the tests: the same score as in the
replay."""

from typing import Any

import pytest

from db.engine.database import Database
from tests.kit import MONTH, VirtualClock, alike, spoken, start_of
from tests.throwaway.adapter import Throwaway
from tests.throwaway.people import OnThrowaway, known
from tests.throwaway.service import TOKEN, Rooms


async def test_the_month_brings_the_same_score(
    sqlite_database: Database, expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch)
    clock = VirtualClock(start_of(MONTH[0]))
    service = Rooms(clock.now)
    await service.start()
    adapter = Throwaway(service.base, TOKEN, now=clock.now)
    try:
        people = OnThrowaway(service, adapter)
        score = await spoken(people, clock, *MONTH, sqlite_database)
    finally:
        await adapter.close()
        await service.stop()
    assert alike(score) == expected
