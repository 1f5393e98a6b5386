"""Sets the command menus of a platform: each once, and again when a role changes."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from commands.chat.errors import Retry
from commands.chat.messages import Adapter
from commands.help import menus as offered
from commands.help.menus import Commands, Menu
from db import menus
from db.engine.database import Database
from db.engine.writer import Writer
from db.people import directory
from scoring.errors import PlatformError

LOOK = 300.0
"""Seconds between two checks for outdated menus."""

log = logging.getLogger("promobot.menus")


class Menus:
    """Keeps the menus of all platforms that have any."""

    def __init__(
        self, db: Database, writer: Writer, adapters: Mapping[str, Adapter], commands: Commands
    ) -> None:
        self.db = db
        self.writer = writer
        self.adapters = adapters
        self.commands = commands

    async def run(self) -> None:
        """Check for ever; nothing else waits for it."""
        while True:
            try:
                await self.refresh()
            except Exception:
                log.exception("menus not looked at")
            await asyncio.sleep(LOOK)

    async def refresh(self) -> int:
        """Set every outdated menu; return how many were set."""
        count = 0
        for name, adapter in self.adapters.items():
            set_menu = getattr(adapter, "set_menu", None)
            if set_menu is None:
                continue
            for menu in await asyncio.to_thread(self._stale, name):
                try:
                    await set_menu(menu.scope, menu.entries)
                except Retry as fault:
                    log.info("menus later", extra={"platform": name, "cause": str(fault)})
                    break
                except PlatformError as fault:  # whoever blocked us gets no menu, and no retry
                    log.warning("menu not set", extra={"platform": name, "cause": str(fault)})
                else:
                    count += 1
                keep = partial(menus.keep, platform=name, scope=menu.scope, digest=menu.digest)
                await self.writer.run(keep)
        return count

    def _stale(self, platform: str) -> list[Menu]:
        with self.db.reading() as tx:
            shown = menus.known(tx, platform)
            every = offered.every(directory(tx), platform, self.commands)
            return [menu for menu in every if shown.get(menu.scope) != menu.digest]
