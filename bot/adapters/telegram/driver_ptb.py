"""The driver over python-telegram-bot: raw requests only, its error classes mapped to ours.

Its pollers, handlers and update objects are not used (they lose updates on a crash and make
decoding ten times as slow), so no `Application` is built and no getMe is needed to start.
"""

import logging
import os
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

# The library's switch to its future behaviour; without it each 429 is a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.error import Conflict as PtbConflict
from telegram.request import HTTPXRequest

from bot.adapters.telegram.driver import (
    KINDS,
    Conflict,
    Unauthorized,
    Update,
    bad_request,
)
from commands.chat.errors import Moved, Refused, Retry, Unreachable
from commands.chat.messages import File
from scoring.errors import PlatformError

T = TypeVar("T")

# These loggers write whole requests and answers, with the token, people's words, phone numbers.
for _name in ("telegram", "httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_POOL = 64
_SECONDS: dict[str, Any] = {"connect_timeout": 10.0, "read_timeout": 15.0, "write_timeout": 15.0}
_MARGIN = 5.0
"""Seconds a long poll may exceed its timeout before the connection is given up."""


class PtbDriver:
    """See `Driver`. Calls and the long poll have separate connections."""

    def __init__(self, token: str, api_base: str, proxy: str | None = None) -> None:
        self._requests = tuple(
            HTTPXRequest(connection_pool_size=size, proxy=proxy, pool_timeout=5.0, **_SECONDS)
            for size in (1, _POOL)
        )
        polling, calling = self._requests
        self._bot = Bot(
            token,
            base_url=f"{api_base}/bot",
            base_file_url=f"{api_base}/file/bot",
            get_updates_request=polling,
            request=calling,
        )

    async def get_updates(self, offset: int | None, wait: int) -> list[Update]:
        asked = {"offset": offset, "timeout": wait, "allowed_updates": list(KINDS)}
        page = await _mapped(
            self._bot.do_api_request(
                _untyped("getUpdates"), api_kwargs=asked, read_timeout=wait + _MARGIN
            )
        )
        if not isinstance(page, list):
            raise Retry("the answer is no list of updates")
        return page

    async def call(self, method: str, **params: Any) -> Any:
        given = {name: _uploadable(value) for name, value in params.items()}
        return await _mapped(self._bot.do_api_request(_untyped(method), api_kwargs=given))

    async def download(self, file_id: str) -> bytes:
        return await _mapped(self._fetch(file_id))

    async def _fetch(self, file_id: str) -> bytes:
        file = await self._bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()


def _untyped(method: str) -> str:
    # The library warns about each raw call of a method that it also has typed. It camel-cases
    # names, which drops a trailing underscore, and with it the warning.
    return f"{method}_"


def _uploadable(value: Any) -> Any:
    return InputFile(value.data, filename=value.name) if isinstance(value, File) else value


async def _mapped(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except TelegramError as error:
        mapped = _ours(error)
    except Exception as error:
        # The library raises KeyError for a 200 without a result; httpx has its own errors.
        mapped = Retry(type(error).__name__)
    # Not chained: the original contains URLs with the token, or the payload.
    raise mapped


def _ours(error: TelegramError) -> PlatformError:
    """Map an error of the library to ours; its BadRequest is a NetworkError, so it comes first."""
    match error:
        case RetryAfter():
            return Retry("429", _seconds(error.retry_after))
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case Forbidden():
            return Unreachable(error.message)
        case BadRequest():
            return bad_request(error.message)
        case InvalidToken():
            return Unauthorized("the token is not accepted")
        case PtbConflict():
            return Conflict(error.message)
        case NetworkError() if "entity too large" in error.message.lower():
            return Refused("413")
        case _:
            return Retry(f"{type(error).__name__} ({type(error.__cause__).__name__})")


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
