"""The acceptance month spoken on Telegram, through both libraries and both ways in: the same score
as in the replay."""

from typing import Any

import pytest

from bot.adapters.telegram import TelegramAdapter, Webhook, make_driver
from bot.clock import VirtualClock
from db.engine.database import Database
from tests.contract.telegram_harness import SECRET, served
from tests.emulators.bot_api import TOKEN, BotApi
from tests.worlds.people import OnTelegram
from tests.worlds.spoken import MONTH, alike, spoken, start_of

ADDRESS = "https://bot.school.example/telegram/webhook"


@pytest.mark.parametrize(
    ("library", "mode"),
    [
        ("ptb", "polling"),
        ("aiogram", "webhook"),
        pytest.param("ptb", "webhook", marks=pytest.mark.soak),
        pytest.param("aiogram", "polling", marks=pytest.mark.soak),
    ],
)
async def test_the_month_brings_the_same_score(
    library: str, mode: str, sqlite_database: Database, expected: Any
) -> None:
    clock = VirtualClock(start_of(MONTH[0]))
    api = BotApi(clock.now)
    await api.start()
    adapter = TelegramAdapter(
        make_driver(TOKEN, api.base, library=library),
        webhook=Webhook(ADDRESS, SECRET) if mode == "webhook" else None,
        now=clock.now,
    )
    try:
        async with served(adapter.mount) as api.target:
            people = OnTelegram(api, adapter)
            score = await spoken(people, clock, *MONTH, sqlite_database)
    finally:
        await adapter.close()
        await api.stop()
    assert alike(score) == expected
