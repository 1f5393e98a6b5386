"""The acceptance month spoken on Telegram, through both libraries and both ways in: the same score
as in the replay."""

from typing import Any

import pytest

from bot.adapters.telegram import TelegramAdapter, Webhook, make_driver
from bot.clock import VirtualClock
from commands.chat.messages import Chat
from db.engine.database import Database
from tests.acceptance.spoken import MONTH, alike, spoken, start_of
from tests.contract.test_telegram_webhook import SECRET, served
from tests.emulators.bot_api import BOT, TOKEN, BotApi, Json, Shown

ADDRESS = "https://bot.school.example/telegram/webhook"


class OnTelegram:
    """See `People`: everybody has pressed Start."""

    def __init__(self, api: BotApi, adapter: TelegramAdapter) -> None:
        self.api = api
        self.adapter = adapter
        self._users: dict[str, Json] = {}
        self._groups: dict[str, Json] = {}

    def account(self, name: str) -> str:
        return f"telegram:{self._user(name)['id']}"

    def chat(self, name: str, *, group: bool) -> Chat:
        if not group:
            return Chat(platform="telegram", id=str(self._user(name)["id"]))
        if name not in self._groups:
            self._groups[name] = self.api.group(name)
        return Chat(platform="telegram", id=str(self._groups[name]["id"]), group=True)

    def says(self, name: str, text: str, chat: Chat, quote: str) -> None:
        place = next((g for g in self._groups.values() if str(g["id"]) == chat.id), None)
        quoted = {"message_id": 1, "from": BOT, "chat": place, "date": 1, "text": quote}
        more = {"reply_to_message": quoted} if quote else {}
        self.api.says(self._user(name), place, text, **more)

    def presses(self, name: str, label: str, chat: Chat) -> None:
        shown: Shown = next(
            shown
            for fits in (str.__eq__, str.startswith)
            for shown in reversed(self.api.seen(int(chat.id)))
            if any(fits(told, label) for row in shown.buttons for told, _ in row)
        )
        self.api.presses(self._user(name), shown, label)

    def _user(self, name: str) -> Json:
        if name not in self._users:
            self._users[name] = self.api.user(5000 + len(self._users), name)
        return self._users[name]


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
@pytest.mark.parametrize("mode", ["polling", "webhook"])
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
