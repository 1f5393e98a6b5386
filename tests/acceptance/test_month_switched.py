"""A school that changes its platform in the middle of the month keeps every score."""

from typing import Any

from bot.adapters.telegram import TelegramAdapter, make_driver
from bot.adapters.wecom import Connected, Socket, WecomAdapter
from bot.clock import VirtualClock
from bot.playground.replay import read_script
from db.engine.database import Database
from tests.emulators.bot_api import TOKEN, BotApi
from tests.emulators.wecom_bot import BOT_ID, NAME, SECRET, WecomBot
from tests.worlds.people import OnTelegram, OnWecom
from tests.worlds.spoken import MONTH, SCRIPTS, alike, spoken, start_of


async def test_from_telegram_to_wecom_in_mid_month(
    sqlite_database: Database, expected: Any
) -> None:
    lines = read_script(SCRIPTS / MONTH[0])
    # A card stays on its platform: the change falls where nobody is about to press one.
    change = next(n for n in range(75, len(lines)) if "press" not in lines[n].said)
    clock = VirtualClock(start_of(MONTH[0]))

    api = BotApi(clock.now)
    await api.start()
    telegram = TelegramAdapter(make_driver(TOKEN, api.base), now=clock.now)
    before = OnTelegram(api, telegram)
    await spoken(before, clock, *MONTH, sqlite_database, part=slice(change))
    await telegram.close()
    await api.stop()

    service = WecomBot(now=clock.now)
    await service.start()
    line = Connected(Socket(BOT_ID, SECRET, service.address), (NAME,), now=clock.now)
    after = OnWecom(service, WecomAdapter([line], now=clock.now))
    score = await spoken(after, clock, *MONTH, sqlite_database, part=slice(change, None))
    await service.stop()
    assert alike(score) == expected
