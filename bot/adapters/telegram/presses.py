"""Pressed buttons: each press is answered once, soon, and if possible with a word."""

import asyncio
import logging

from bot.adapters.telegram.driver import Driver
from commands.chat.messages import Outgoing
from scoring.errors import PlatformError

log = logging.getLogger("promobot.telegram")

PATIENCE = 1.5
"""Seconds that a pressed button waits for its word."""

MAX_TOAST = 200
"""Characters of a word over a pressed button."""


class Presses:
    """The presses that wait for a word; each waits for `patience` seconds."""

    def __init__(self, driver: Driver, patience: float) -> None:
        self._driver = driver
        self._patience = patience
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._answers: set[asyncio.Task[None]] = set()

    def begin(self, query: str) -> None:
        """Stop the spinner on a pressed button, whatever becomes of the press: with the word for
        the presser alone, if it comes in time."""
        word = self._waiting[query] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._answer(query, word))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def tell(self, message: Outgoing) -> bool:
        """Answer the press that a message answers. Return whether its presser is shown the toast:
        not if the press was answered already, nor if it is too long for a message of one's own."""
        waiting = self._waiting.get(message.query)
        if waiting is None or waiting.done():
            return False
        fits = message.aside or len(message.toast) <= MAX_TOAST
        word = message.toast[:MAX_TOAST] if fits else ""
        waiting.set_result(word)
        return bool(word)

    def close(self) -> None:
        """Answer nothing more."""
        for answer in self._answers:
            answer.cancel()

    async def _answer(self, query: str, word: asyncio.Future[str]) -> None:
        said = {}
        try:
            async with asyncio.timeout(self._patience):
                said = {"text": text} if (text := await word) else {}
        except TimeoutError:
            pass
        finally:
            if self._waiting.get(query) is word:
                del self._waiting[query]
        try:
            await self._driver.call("answerCallbackQuery", callback_query_id=query, **said)
        except PlatformError as error:
            # Usually "query is too old": nobody watches the spinner any more.
            log.info("telegram press not answered: %s", error)
