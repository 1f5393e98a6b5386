"""How fast a platform may be written to: what it takes a minute, an hour, a second, and how many
calls may be open."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot.clock import Clock
from commands.chat.messages import Adapter, Chat
from scoring.moments import Instant

CALLS = 16
"""Calls of one platform open at the same time."""

QUICK = 1.0
"""Seconds after which a call no longer counts among those: it hangs, and others go on."""

HANGING = 40
"""Most calls of one platform that hang; with CALLS fewer than a driver's connections."""

Where = tuple[str, str, bool]
"""A platform, a chat, and whether it is the lane of its toasts, which no limit counts."""


class Pacing:
    """The paces of all platforms."""

    def __init__(self, adapters: Mapping[str, Adapter], clock: Clock) -> None:
        self._adapters = adapters
        self._clock = clock
        self._sent: dict[Where, deque[float]] = {}
        self._free: dict[str, float] = {}
        self._calls: dict[str, _Calls] = {}

    def rest(self, where: Where, chat: Chat) -> Instant | None:
        """Return the instant until which this chat must rest; None if it may be written to."""
        platform, _, toasts = where
        adapter = self._adapters.get(platform)
        if adapter is None or toasts:
            return None
        can = adapter.capabilities
        private = None if chat.group else can.per_minute_private
        most = can.per_minute if private is None else private
        now = asyncio.get_running_loop().time()
        sent = self._sent.setdefault(where, deque())
        while sent and sent[0] <= now - (3600 if can.per_hour else 60):
            sent.popleft()
        wait = sent[-1] + can.apart - now if sent else 0.0
        if most and len(sent) >= most:
            wait = max(wait, sent[-most] + 60 - now)
        if can.per_hour and len(sent) >= can.per_hour:
            wait = max(wait, sent[-can.per_hour] + 3600 - now)
        return self._clock.now() + math.ceil(wait) if wait > 0 else None

    def count(self, where: Where) -> None:
        """Note that a message to this chat is being sent."""
        self._sent.setdefault(where, deque()).append(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def call(self, where: Where) -> AsyncIterator[None]:
        """A context for one call, entered once the platform as a whole takes another one."""
        platform, _, toasts = where
        calls = self._calls.setdefault(platform, _Calls())
        async with calls.one():
            if not toasts:
                await self._turn(platform)
            yield

    async def _turn(self, platform: str) -> None:
        adapter = self._adapters.get(platform)
        if adapter is None or not adapter.capabilities.per_second:
            return
        now = asyncio.get_running_loop().time()
        slot = max(now, self._free.get(platform, 0.0))
        self._free[platform] = slot + 1 / adapter.capabilities.per_second
        if slot > now:
            await asyncio.sleep(slot - now)


class _Calls:
    """The open calls of a platform: one that hangs makes room for another."""

    def __init__(self) -> None:
        self._quick = asyncio.Semaphore(CALLS)
        self._hanging = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A context for one call."""
        await self._quick.acquire()
        hangs = False

        def hang() -> None:
            nonlocal hangs
            if self._hanging < HANGING:
                hangs = True
                self._hanging += 1
                self._quick.release()

        timer = asyncio.get_running_loop().call_later(QUICK, hang)
        try:
            yield
        finally:
            timer.cancel()
            if hangs:
                self._hanging -= 1
            else:
                self._quick.release()
