"""Telegram for the contract: the emulator, people on it, and the adapter over one driver."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.adapters.telegram import TelegramAdapter, Webhook
from bot.adapters.telegram.driver import Driver
from commands.chat.messages import Chat
from tests.contract.adapter_contract import Seen
from tests.emulators.bot_api import BOT, BotApi, Json
from tests.emulators.loopback import START

SECRET = "a-secret_of-the-webhook"
PEOPLE = {"li": 1001, "wang": 1002, "stranger": 1999}


class TelegramHarness:
    """See `Harness`. `pauses`: what the adapter would have waited; nothing is waited here."""

    def __init__(self, api: BotApi, driver: Driver, webhook: Webhook | None = None) -> None:
        self.api = api
        self.pauses: list[float] = []
        self.adapter = TelegramAdapter(
            driver,
            poll_seconds=5,
            webhook=webhook,
            now=lambda: START + 3600,
            pause=self._pause,
            press_seconds=0.05,
        )
        self._group = api.group("宣传群")

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def private(self, user: str) -> Chat:
        return Chat(platform="telegram", id=str(PEOPLE[user]))

    def group(self) -> Chat:
        return Chat(platform="telegram", id=str(self._group["id"]), group=True)

    def user_says(self, user: str, text: str, *, chat: Chat, mention: bool = False) -> None:
        place = self._group if chat.group else None
        if not mention:
            self.api.says(self.person(user), place, text)
            return
        name = f"@{BOT['username']}"
        entity = {"type": "mention", "offset": 0, "length": len(name)}
        self.api.says(self.person(user), place, f"{name} {text}", entities=[entity])

    def user_shows(
        self, user: str, data: bytes, text: str = "", *, chat: Chat, mention: bool = False
    ) -> None:
        place = self._group if chat.group else None
        caption = f"@{BOT['username']} {text}" if mention else text
        self.api.shows(self.person(user), place, data, caption)

    def user_presses(self, user: str, label: str, *, chat: Chat) -> None:
        shown = next(
            shown
            for shown in reversed(self.api.seen(int(chat.id)))
            if any(label == name for row in shown.buttons for name, _ in row)
        )
        self.api.presses(self.person(user), shown, label)

    async def user_ticks(self, user: str, label: str, *, chat: Chat) -> None:
        shown = next(
            shown
            for shown in reversed(self.api.seen(int(chat.id)))
            if any(name.endswith(label) for row in shown.buttons for name, _ in row)
        )
        before = shown.buttons
        full = next(name for row in before for name, _ in row if name.endswith(label))
        self.api.presses(self.person(user), shown, full)
        await self.api.until(lambda: shown.buttons != before)

    def seen(self, chat: Chat) -> list[Seen]:
        return [
            Seen(
                text=shown.text,
                labels=tuple(tuple(label for label, _ in row) for row in shown.buttons),
                file=shown.document,
            )
            for shown in self.api.seen(int(chat.id))
        ]

    def seen_aside(self, user: str, chat: Chat) -> list[Seen]:
        shown = self.api.seen_aside(int(chat.id), PEOPLE[user])
        return [
            Seen(
                text=one.text,
                labels=tuple(tuple(label for label, _ in row) for row in one.buttons),
            )
            for one in shown
        ]

    def trust(self, chat: Chat) -> None:
        self.api.rights[int(chat.id)] = {"status": "administrator", "can_delete_messages": True}

    def copied(self, label: str, chat: Chat) -> str:
        shown = self.api.seen(int(chat.id))[-1]
        return next(text for row in shown.buttons for name, text in row if name == label)

    def opens_reply(self, chat: Chat) -> bool:
        return self.api.seen(int(chat.id))[-1].asks

    def account(self, user: str) -> str:
        return str(PEOPLE[user])

    def called(self, chat: Chat) -> set[str]:
        return {str(one) for one in self.api.seen(int(chat.id))[-1].called}

    def person(self, user: str) -> Json:
        return {"id": PEOPLE[user], "is_bot": False, "first_name": user}


@asynccontextmanager
async def served(mount: Callable[[web.Application], None]) -> AsyncIterator[str]:
    """Our server; the address that the webhook has from outside leads there."""
    app = web.Application()
    mount(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook"
    await runner.cleanup()
