"""The address that Telegram calls in webhook mode. An update is answered 200 only after it is
committed, so Telegram repeats what could not be; calls by others have no effect."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.adapters.bodies import Unread, body_of, json_object
from bot.adapters.telegram.driver import Update

PATH = "/telegram/webhook"
MAX_BODY = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"

log = logging.getLogger("promobot.telegram")

OnUpdate = Callable[[Update], Awaitable[None]]
"""Takes one update; returns once it is committed, raises if it could not be."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The public URL that Telegram calls, and the secret it sends."""

    url: str
    secret: str = field(repr=False)


class Keeping:
    """Which of several processes tells Telegram where to call, and watches that it still does:
    the one with the `lease`; without leases, every one."""

    def __init__(self, lease: str) -> None:
        self.lease = lease
        self.ours = True
        self._taken = asyncio.Event()

    async def lead(self) -> None:
        """Be that process until cancelled."""
        self.ours = True
        self._taken.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ours = False

    async def rest(self, seconds: float) -> bool:
        """Wait; return whether this process has become the one meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._taken.wait()
        except TimeoutError:
            return False
        self._taken.clear()
        return True


def route(secret: str, on_update: OnUpdate) -> web.RouteDef:
    """Return the route for the calls."""

    async def called(request: web.Request) -> web.Response:
        shown = request.headers.get(HEADER, "")
        # Bytes that are not UTF-8 arrive as surrogates, which strict encoding would refuse.
        if not hmac.compare_digest(shown.encode(errors="surrogateescape"), secret.encode()):
            return web.Response(status=403)
        if request.content_type != "application/json":
            return web.Response(status=415)
        try:
            update = _update(await body_of(request, MAX_BODY))
        except Unread as refused:
            return web.Response(status=refused.status)
        if update is None:
            return web.Response(status=400)
        try:
            await on_update(update)
        except Exception as error:
            log.warning("telegram call not kept, it comes again: %s", type(error).__name__)
            return web.Response(status=503)
        return web.Response()

    return web.post(PATH, called)


def _update(body: bytes) -> Update | None:
    """Return the update in a body, None if there is none."""
    try:
        update = json_object(body)
    except ValueError:
        return None
    return update if type(update.get("update_id")) is int else None
