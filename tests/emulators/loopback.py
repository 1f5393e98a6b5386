"""The life of a platform's emulator: a server on loopback, and waiting for what happens there."""

import asyncio
from collections.abc import Callable

from aiohttp import web

START = 1711690000
"""When a platform's time begins: the afternoon of 29 March 2024."""

WAIT = 10.0
"""Seconds after which something that should have come did not."""


class Loopback:
    """Give `routes`; `start` it, lead the adapter to `base`, `stop` it. Whatever changes what
    people see calls `touch`."""

    largest = 1024 * 1024
    """Most bytes of a body."""

    def __init__(self) -> None:
        self.base = ""
        self.closing = False
        self.changed = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def routes(self, app: web.Application) -> None:
        """Add what this platform answers to."""
        raise NotImplementedError

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application(client_max_size=self.largest)
        self.routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End what still waits, and listen no more."""
        self.closing = True
        self.touch()
        if self._runner is not None:
            await self._runner.cleanup()

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def until(self, come: Callable[[], bool], seconds: float = WAIT) -> None:
        """Wait for something to become true by a call or an act."""
        async with asyncio.timeout(seconds):
            while not come():
                await self.changed.wait()
