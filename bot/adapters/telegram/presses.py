"""Pressed buttons: each press is answered once, soon, and if possible with a word; one on an option
changes its box and is told to nobody."""

import asyncio
import logging
from typing import Any

from bot.adapters.telegram import marks
from bot.adapters.telegram.driver import Driver, Update
from commands.chat.messages import Outgoing
from scoring.errors import PlatformError

log = logging.getLogger("promobot.telegram")

Markup = dict[str, Any]

PATIENCE = 1.5
"""Seconds that a pressed button waits for its word."""

TURNING = 2.0
"""Seconds in which a further press may still carry the boxes from before the last one."""

MAX_BOARDS = 1_000

MAX_TOAST = 200
"""Characters of a word over a pressed button."""


class Presses:
    """The presses that wait for a word; each waits for `patience` seconds."""

    def __init__(self, driver: Driver, patience: float) -> None:
        self._driver = driver
        self._patience = patience
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._boards: dict[tuple[int, int], tuple[float, Markup]] = {}
        """The keyboards with boxes as they were turned last, and when."""

    def begin(self, query: str) -> None:
        """Stop the spinner on a pressed button, whatever becomes of the press: with the word for
        the presser alone, if it comes in time."""
        word = self._waiting[query] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._answer(query, word))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def ticked(self, update: Update) -> bool:
        """Turn the box of an option that was pressed; return whether the update was such a press.
        What cannot be turned is pressed again by whoever sees that it did not."""
        match update.get("callback_query"):
            case {
                "id": str(query),
                "data": str(data),
                "message": {"chat": {"id": int(chat)}, "message_id": int(number)} as card,
            }:
                where, now = (chat, number), asyncio.get_running_loop().time()
            case _:
                return False
        at, board = self._boards.get(where, (0.0, {}))
        if board and now - at < TURNING:
            card["reply_markup"] = board
        if not marks.ticks(data):
            return False
        self.begin(query)
        self._waiting[query].set_result("")
        board = marks.after(data, card.get("reply_markup"))
        self._boards.pop(where, None)
        self._boards[where] = now, board
        if len(self._boards) > MAX_BOARDS:
            del self._boards[next(iter(self._boards))]
        place = {"chat_id": where[0], "message_id": where[1]}
        try:
            await self._driver.call("editMessageReplyMarkup", **place, reply_markup=board)
        except PlatformError as error:
            self._boards.pop(where, None)
            log.info("telegram option not turned: %s", error)
        return True

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
