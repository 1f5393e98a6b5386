"""The acceptance month spoken through WeCom's bot: the same score as in the replay."""

from typing import Any

from bot.adapters.wecom import Connected, Socket, WecomAdapter
from bot.clock import VirtualClock
from db.engine.database import Database
from tests.contract.wecom_callback_harness import site
from tests.emulators.wecom_bot import BOT_ID, NAME, SECRET, WecomBot
from tests.worlds.people import OnWecom
from tests.worlds.spoken import MONTH, alike, spoken, start_of


async def test_the_month_brings_the_same_score_over_the_long_connection(
    sqlite_database: Database, expected: Any
) -> None:
    clock = VirtualClock(start_of(MONTH[0]))
    service = WecomBot(now=clock.now)
    await service.start()
    line = Connected(Socket(BOT_ID, SECRET, service.address), (NAME,), now=clock.now)
    people = OnWecom(service, WecomAdapter([line], now=clock.now))
    try:
        score = await spoken(people, clock, *MONTH, sqlite_database)
    finally:
        await service.stop()
    assert alike(score) == expected


async def test_the_month_brings_the_same_score_over_the_callback(
    sqlite_database: Database, expected: Any
) -> None:
    clock = VirtualClock(start_of(MONTH[0]))
    async with site(clock.now, wait=2.0) as here:
        here.service.hook_group = "staff"
        people = OnWecom(here.service, here.adapter)
        score = await spoken(people, clock, *MONTH, sqlite_database)
    assert alike(score) == expected
