"""People on it, for the contract and for a script."""

import asyncio
import re
import sys

import pytest

from commands.chat.messages import Chat
from db import platforms
from tests.kit import START, Seen
from tests.throwaway import door
from tests.throwaway.adapter import NAME, Throwaway
from tests.throwaway.service import TOKEN, Rooms


def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line in `db/platforms.py`, and its door where the shell looks for it."""
    line = platforms.Platform(account=re.compile(r"[a-z-]{1,64}"), example="throwaway:li")
    monkeypatch.setitem(platforms.PLATFORMS, NAME, line)
    monkeypatch.setitem(sys.modules, f"bot.shell.platforms.{NAME}", door)


class OnThrowaway:
    """See `Harness`, and `People`: everybody's account is his name."""

    def __init__(self, service: Rooms, adapter: Throwaway | None = None) -> None:
        self.service = service
        at = START + 3600
        self.adapter = adapter or Throwaway(service.base, TOKEN, now=lambda: at, pause=self._pause)

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(0)

    # On a harness

    def private(self, user: str) -> Chat:
        return Chat(platform=NAME, id=f"!@{user}")

    def group(self) -> Chat:
        return Chat(platform=NAME, id="!staff", group=True)

    def user_says(self, user: str, text: str, *, chat: Chat, mention: bool = False) -> None:
        self.service.says(f"@{user}", chat.id, text, mention=mention)

    def user_presses(self, user: str, label: str, *, chat: Chat) -> None:
        self.presses(user, label, chat)

    def seen(self, chat: Chat) -> list[Seen]:
        return [
            Seen(
                text="" if event.file else event.body,
                labels=tuple(tuple(label for label, _ in row) for row in event.choices),
                file=(event.file[0], self.service.media[event.file[1]]) if event.file else None,
            )
            for event in self.service.seen(chat.id)
        ]

    # In a script

    def account(self, name: str) -> str:
        self.service.joined.add(f"!@{name}")
        return f"{NAME}:{name}"

    def chat(self, name: str, *, group: bool) -> Chat:
        room = f"!{name}" if group else f"!@{name}"
        self.service.joined.add(room)
        return Chat(platform=NAME, id=room, group=group)

    def says(self, name: str, text: str, chat: Chat, quote: str) -> None:
        self.service.says(f"@{name}", chat.id, text, quote=quote)

    def presses(self, name: str, label: str, chat: Chat) -> None:
        self.service.chooses(f"@{name}", chat.id, label)
