"""The long connection of WeCom's bot: one subscribed socket, kept alive and always restored.

It promises: frames of one request go out one by one, each after the answer to the last; whatever
ends the socket, a new one is made, with growing pauses, until it is subscribed again; a wrong
secret is retried seldom; a connection displaced by another takes the bot back three times, and
then rests.
"""

import asyncio
import json
import logging
import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import aiohttp

from bot.adapters.bodies import json_object
from bot.adapters.wecom import errors
from commands.chat.errors import Retry
from scoring.errors import PlatformError

ADDRESS = "wss://openws.work.weixin.qq.com"
PING = 30.0
ACK = 5.0
MISSED = 2
LONGEST = 30.0
SELDOM = 300.0
DISPLACED, RECLAIMS, CALM = 60.0, 3, 3_600.0
"""A displaced connection takes the bot back after so many seconds, and so many times; after it has
been ours for `CALM` seconds the count begins anew."""

FOR_GOOD = math.inf
"""Two programs that both reclaim a bot answer nobody: one rests until it is started again."""

_DISPLACED = {
    DISPLACED: (
        logging.WARNING,
        "another connection uses this bot of wecom; waiting to take it back",
    ),
    FOR_GOOD: (
        logging.CRITICAL,
        "another program keeps connecting with this bot of wecom; stop one of the two, "
        "then start promobot again",
    ),
}

MAX_FRAME = 8 * 1024 * 1024

log = logging.getLogger("promobot.wecom")

Body = dict[str, Any]
OnFrame = Callable[[str, str, Body], Awaitable[None]]
"""Called with a callback's command, its request id and its body."""


class Displaced(Exception):
    """Another connection of the same bot was made."""


class Rejected(PlatformError):
    """The bot's id or secret is wrong."""


class Socket:
    """`run` keeps the connection up; `call` sends a frame and returns the answer's body.

    `address` may be a private deployment's; `pause` is how it waits."""

    def __init__(
        self,
        bot_id: str,
        secret: str,
        address: str = ADDRESS,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        ping: float = PING,
        ack: float = ACK,
    ) -> None:
        self._bot_id = bot_id
        self._secret = secret
        self._address = address
        self._pause = pause
        self._ping = ping
        self._ack = ack
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._subscribed = asyncio.Event()
        self._answers: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._orders: dict[str, asyncio.Lock] = {}
        self.failures = 0
        """Connections in a row that failed, for `bot.process.health`."""

    async def run(self, on_frame: OnFrame) -> None:
        """Keep a subscribed connection until cancelled; hand in its frames in order."""
        loop, displaced = asyncio.get_running_loop(), 0
        while True:
            wait, began = 0.0, loop.time()
            try:
                await self._once(on_frame)
            except Displaced:
                displaced = 1 if loop.time() - began > CALM else displaced + 1
                wait = DISPLACED if displaced <= RECLAIMS else FOR_GOOD
                log.log(*_DISPLACED[wait])
            except Rejected as wrong:
                log.critical("wecom refuses the bot: %s; check its id and secret", wrong)
                wait = SELDOM
            except (aiohttp.ClientError, TimeoutError, OSError, PlatformError) as fault:
                log.warning("wecom connection failed: %s", type(fault).__name__)
            self._subscribed.clear()
            self._forget()
            self.failures += RECLAIMS if wait == FOR_GOOD else 1
            await self._pause(wait or back_off(self.failures))

    async def call(self, command: str, body: Body | None, *, answering: str = "") -> Body:
        """Send a frame and return the answer's body; `answering`: the request id that it answers.

        Raises PlatformError: Retry while there is no connection or no answer in time.
        """
        request = answering or secrets.token_hex(16)
        order = self._orders.setdefault(request, asyncio.Lock())
        try:
            async with order:
                said = await self._ask(command, body, request)
        finally:
            if not order.locked() and self._orders.get(request) is order:
                del self._orders[request]
        if code := int(said.get("errcode") or 0):
            if code == errors.NOT_SUBSCRIBED and self._ws is not None:
                # Open on our side, unknown to WeCom: only a new connection helps.
                await self._ws.close()
            raise errors.fault(code, str(said.get("errmsg", "")))
        body_of: Body = dict(said.get("body") or {})
        return body_of

    async def _ask(self, command: str, body: Body | None, request: str) -> Mapping[str, Any]:
        ws = self._ws
        if ws is None or ws.closed:
            raise Retry("not connected", 2.0)
        future: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[request] = future
        frame: Body = {"cmd": command, "headers": {"req_id": request}}
        if body is not None:
            frame["body"] = body
        try:
            await ws.send_str(json.dumps(frame, ensure_ascii=False))
            async with asyncio.timeout(self._ack):
                return await future
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as fault:
            raise Retry(f"no answer to {command}: {type(fault).__name__}") from fault
        finally:
            self._answers.pop(request, None)

    async def _once(self, on_frame: OnFrame) -> None:
        """Run one connection from start to end."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(self._address, max_msg_size=MAX_FRAME, autoping=True) as ws,
        ):
            self._ws = ws
            frames: asyncio.Queue[tuple[str, str, Body]] = asyncio.Queue()
            tasks = [
                asyncio.create_task(self._listen(ws, frames)),
                asyncio.create_task(self._hold(ws)),
                asyncio.create_task(_hand_in(frames, on_frame)),
            ]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                self._ws = None
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(
        self, ws: aiohttp.ClientWebSocketResponse, frames: asyncio.Queue[tuple[str, str, Body]]
    ) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                frame = json_object(message.data)
                request = str(frame["headers"]["req_id"])
                command = frame.get("cmd")
                body = frame.get("body") or {}
            except (KeyError, TypeError, ValueError):
                log.error("wecom frame not understood")  # noqa: TRY400 - a trace could hold words
                continue
            if command is None:
                if (future := self._answers.get(request)) and not future.done():
                    future.set_result(frame)
            elif _eventtype(body) == "disconnected_event":
                raise Displaced
            else:
                frames.put_nowait((str(command), request, body))

    async def _hold(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        """Subscribe, then ping; close the connection when the pings stay unanswered."""
        subscribe = {"bot_id": self._bot_id, "secret": self._secret}
        try:
            await self.call("aibot_subscribe", subscribe)
        except errors.Misconfigured as wrong:
            raise Rejected(str(wrong)) from wrong
        self._subscribed.set()
        self.failures = 0
        log.info("wecom connected")
        missed = 0
        while True:
            await asyncio.sleep(self._ping)
            try:
                await self.call("ping", None)
                missed = 0
            except Retry:
                missed += 1
                if missed == MISSED:
                    with suppress(Exception):
                        await ws.close()
                    return

    def _forget(self) -> None:
        for future in self._answers.values():
            if not future.done():
                future.set_exception(Retry("connection lost", 2.0))
        self._answers.clear()


async def _hand_in(frames: asyncio.Queue[tuple[str, str, Body]], on_frame: OnFrame) -> None:
    while True:
        command, request, body = await frames.get()
        await on_frame(command, request, body)


def _eventtype(body: Any) -> str:
    event = body.get("event") if isinstance(body, dict) else None
    return str(event.get("eventtype", "")) if isinstance(event, dict) else ""


def back_off(failures: int) -> float:
    """Return the seconds before the n-th reconnection in a row: 1, 2, 4 … 30, with jitter."""
    jitter = 0.75 + secrets.randbelow(501) / 1000
    return min(LONGEST, float(2 ** min(failures - 1, 10))) * jitter
