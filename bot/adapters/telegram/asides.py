"""Messages in a group for the eyes of one member (ephemeral ones, Bot API 10.2 and 10.3).

A bot that is no administrator may send one only within seconds of a press. A server that does not
know them would show it to everybody, so each server is asked once whether it does, and an answer
without the number of such a message is removed at once.
"""

import logging
from collections.abc import Callable

from bot.adapters.telegram.driver import Driver, Unauthorized
from bot.adapters.telegram.encode import aside_calls, number
from commands.chat.errors import Refused, Unreachable, Unseen
from commands.chat.messages import Outgoing
from scoring.moments import HOUR, Instant

log = logging.getLogger("promobot.telegram")

REST = HOUR
"""Seconds for which a group that refused one is not tried again without a press."""

KEPT = 1_000


class Asides:
    """The ephemeral messages of one bot."""

    def __init__(self, driver: Driver, now: Callable[[], Instant]) -> None:
        self._driver = driver
        self._now = now
        self._known: bool | None = None
        self._refused: dict[str, Instant] = {}

    async def show(self, message: Outgoing) -> None:
        """Show a message to the person whose eyes it is for. Raises Unseen where that cannot be,
        Retry as any call."""
        group = message.chat.id
        if self._refused.get(group, 0) > self._now() - REST and not message.query:
            raise Unseen("this group refused one")
        if not await self._knows():
            raise Unseen("the server knows no such messages")
        for call in aside_calls(message):
            try:
                said = await self._driver.call(call.method, **call.params)
            except (Refused, Unreachable) as error:
                self._note(group)
                raise Unseen(str(error)) from None
            if isinstance(said, dict) and not said.get("ephemeral_message_id"):
                await self._take_back(message, said)

    async def _knows(self) -> bool:
        """Ask the server by a call that can change nothing."""
        if self._known is None:
            nothing = {"chat_id": 0, "receiver_user_id": 0, "ephemeral_message_id": 0}
            try:
                await self._driver.call("deleteEphemeralMessage", **nothing)
            except Unauthorized:  # both libraries say so of a method that does not exist
                self._known = False
            except (Refused, Unreachable):
                self._known = True
            else:
                self._known = True
        return self._known

    async def _take_back(self, message: Outgoing, said: dict[str, object]) -> None:
        self._known = False
        log.error("telegram showed everybody a message for one person, it is removed")
        await self._driver.call(
            "deleteMessage", chat_id=number(message.chat.id), message_id=said["message_id"]
        )
        raise Unseen("the server showed it to everybody")

    def _note(self, group: str) -> None:
        self._refused[group] = self._now()
        if len(self._refused) > KEPT:
            del self._refused[next(iter(self._refused))]
