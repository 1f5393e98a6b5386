"""The acceptance month spoken through WeCom's bot: the same score as in the replay."""

import asyncio
from pathlib import Path

import pytest

from bot.adapters.wecom import Connected, Socket, WecomAdapter
from bot.clock import VirtualClock
from commands.chat import Chat
from db.database import Database
from tests.acceptance.replaying import replayed
from tests.acceptance.spoken import alike, spoken, start_of
from tests.emulators.wecom_bot import BOT_ID, NAME, SECRET, WecomBot


class OnWecom:
    """See `People`: everybody's userid is his name, everybody has opened the bot once."""

    def __init__(self, service: WecomBot, clock: VirtualClock) -> None:
        self.service = service
        socket = Socket(BOT_ID, SECRET, service.address)
        self.adapter = WecomAdapter([Connected(socket, (NAME,), now=clock.now)], now=clock.now)

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
    sqlite_database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = VirtualClock(start_of("month.jsonl"))
    service = WecomBot(now=clock.now)
    await service.start()
    try:
        people = OnWecom(service, clock)
        score = await spoken(people, clock, "month.jsonl", "month_roster.csv", sqlite_database)
    finally:
        await service.stop()
    monkeypatch.setenv("PROMOBOT_KEY", "00" * 32)
    url = f"sqlite:///{tmp_path / 'replay.db'}"
    files = ("month.jsonl", "month_roster.csv")
    _, expected = await asyncio.to_thread(replayed, *files, url, tmp_path, capsys)
    assert alike(score) == expected
