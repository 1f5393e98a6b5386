"""Tells the administrators of trouble that lasts, once, and once when it is over.

It writes to their private chats directly, since the trouble may be that nothing can be stored;
whom to write to is remembered from the last time that all was well.
"""

import asyncio
import logging
from socket import gethostname
from time import monotonic

from bot.process.app import App
from bot.wording import say
from commands.chat.messages import Chat, Outgoing
from db.people import ADMIN, directory

LASTS = 300.0
"""Seconds of trouble after which it is told."""

DEADLINE = 20.0

log = logging.getLogger("promobot.health")


class Alarm:
    """The alarm of one process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._since: float | None = None
        self._told: set[Chat] = set()
        self._chats: tuple[Chat, ...] = ()

    async def heard(self, trouble: str) -> None:
        """Take note of the trouble there is now, "" if none; tell what is to be told."""
        if not trouble:
            self._since = None
            told, self._told = self._told, set()
            await self._tell(told, say("alarm.over", machine=gethostname()))
            self._chats = await asyncio.to_thread(self._administrators)
            return
        self._since = self._since or monotonic()
        if monotonic() - self._since >= LASTS:
            minutes = int((monotonic() - self._since) // 60)
            text = say("alarm.lasts", machine=gethostname(), minutes=minutes, trouble=trouble)
            self._told |= await self._tell(set(self._chats) - self._told, text)

    async def _tell(self, chats: set[Chat], text: str) -> set[Chat]:
        """Write to chats; those that were reached."""
        reached = set()
        for chat in chats:
            key = f"alarm:{text}:{chat.platform}:{chat.id}"
            message = Outgoing(key=key, chat=chat, kind="notice", text=text)
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._app.adapters[chat.platform].send(message)
                reached.add(chat)
            except Exception as fault:
                log.warning("administrator not told: %s", type(fault).__name__)
        return reached

    def _administrators(self) -> tuple[Chat, ...]:
        try:
            people = self._app.db.peek("people", directory)
        except Exception as fault:
            log.warning("administrators not known: %s", type(fault).__name__)
            return self._chats
        found = (people.account_of(person.id) for person in people.with_role(ADMIN))
        return tuple(
            Chat(platform=account[0], id=account[2])
            for account in found
            if account is not None and account[0] in self._app.adapters
        )
