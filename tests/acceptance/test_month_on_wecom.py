"""The acceptance month spoken through WeCom's bot: the same score as in the replay."""

from typing import Any

from bot.adapters.wecom import Connected, Socket, WecomAdapter
from bot.clock import VirtualClock
from commands.chat.messages import Chat
from db.engine.database import Database
from tests.acceptance.spoken import MONTH, alike, spoken, start_of
from tests.contract.wecom_callback import site
from tests.emulators.wecom_bot import BOT_ID, NAME, SECRET, WecomBot


class OnWecom:
    """See `People`: everybody's userid is his name, everybody has opened the bot once."""

    def __init__(self, service: WecomBot, adapter: WecomAdapter) -> None:
        self.service = service
        self.adapter = adapter

    def account(self, name: str) -> str:
        self.service.reachable.add(name)
        return f"wecom:{name}"

    def chat(self, name: str, *, group: bool) -> Chat:
        if group:
            self.service.group(name)
            self.service.reachable.add(name)
        return Chat(platform="wecom", id=name, group=group)

    def says(self, name: str, text: str, chat: Chat, quote: str) -> None:
        quoted = {"msgtype": "text", "text": {"content": quote}} if quote else None
        self.service.says(name, text, chat.id if chat.group else "", quoted=quoted)

    def presses(self, name: str, label: str, chat: Chat) -> None:
        self.service.presses(name, chat.id, label)


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
