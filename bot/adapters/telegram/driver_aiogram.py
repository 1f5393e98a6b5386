"""The driver over aiogram: raw requests only, its error classes mapped to ours.

Its dispatcher, pollers and update objects are not used (they lose updates on a stop and make
decoding ten times as slow); its bot, session and file upload are.
"""

import logging
from collections.abc import Awaitable
from functools import cache
from io import BytesIO
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile
from aiohttp import ClientSession, TCPConnector

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

# This logger writes whole answers, with people's words and phone numbers.
logging.getLogger("aiogram").setLevel(logging.CRITICAL)

_POOL = 64
_SECONDS = 30
_MARGIN = 5
"""Seconds a long poll may exceed its timeout before the connection is given up."""


class _Session(AiohttpSession):
    """Their session, with a proxy that needs no extra library and without a pause on closing."""

    def __init__(self, api_base: str, proxy: str | None) -> None:
        super().__init__(api=TelegramAPIServer.from_base(api_base), timeout=_SECONDS)
        self._through = proxy

    async def create_session(self) -> ClientSession:
        if self._session is None or self._session.closed:
            connector = TCPConnector(limit=_POOL, ttl_dns_cache=3600)
            self._session = ClientSession(connector=connector, proxy=self._through)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class AiogramDriver:
    """See `Driver`."""

    def __init__(self, token: str, api_base: str, proxy: str | None = None) -> None:
        self._bot = Bot(token, session=_Session(api_base, proxy))

    async def get_updates(self, offset: int | None, wait: int) -> list[Update]:
        asked = _method("getUpdates")(offset=offset, timeout=wait, allowed_updates=list(KINDS))
        page = await _mapped(self._bot(asked, request_timeout=wait + _MARGIN))
        if not isinstance(page, list):
            raise Retry("the answer is no list of updates")
        return page

    async def call(self, method: str, **params: Any) -> Any:
        given = {name: _uploadable(value) for name, value in params.items()}
        return await _mapped(self._bot(_method(method)(**given)))

    async def download(self, file_id: str) -> bytes:
        return await _mapped(self._fetch(file_id))

    async def _fetch(self, file_id: str) -> bytes:
        data = BytesIO()
        await self._bot.download(file_id, data)
        return data.getvalue()

    async def close(self) -> None:
        await self._bot.session.close()


@cache
def _method(name: str) -> Any:
    """Return a method whose parameters and result the library leaves unchanged."""
    raw = {"__returning__": Any, "__api_method__": name, "__module__": __name__}
    return type(name, (TelegramMethod,), raw)


def _uploadable(value: Any) -> Any:
    return BufferedInputFile(value.data, value.name) if isinstance(value, File) else value


async def _mapped(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except TelegramAPIError as error:
        mapped = _ours(error)
    except Exception as error:
        # Includes answers that are no JSON (a proxy's page) and errors of the connection.
        mapped = Retry(type(error).__name__)
    # Not chained: the original contains URLs with the token, or the payload.
    raise mapped


def _ours(error: TelegramAPIError) -> PlatformError:
    """Map an error of the library to ours."""
    match error:
        case TelegramRetryAfter():
            return Retry("429", float(error.retry_after))
        case TelegramMigrateToChat():
            return Moved(str(error.migrate_to_chat_id))
        case TelegramForbiddenError():
            return Unreachable(error.message)
        case TelegramEntityTooLarge():
            return Refused("413")
        case TelegramBadRequest():
            return bad_request(error.message)
        case TelegramUnauthorizedError() | TelegramNotFound():
            return Unauthorized("the token is not accepted")
        case TelegramConflictError():
            return Conflict(error.message)
        case _:
            return Retry(type(error).__name__)
