"""Sets the command menus of a platform: each once, and again when a role changes."""

import asyncio
import logging
from functools import partial

from bot.process.app import App
from commands.chat.errors import Retry
from commands.help import menus as offered
from commands.help.menus import Menu
from db import menus
from db.people import directory
from scoring.errors import PlatformError

LOOK = 300.0
"""Seconds between two checks for outdated menus."""

log = logging.getLogger("promobot.menus")


async def run(app: App) -> None:
    """Check for ever; nothing else waits for it."""
    while True:
        try:
            await refresh(app)
        except Exception:
            log.exception("menus not looked at")
        await asyncio.sleep(LOOK)


async def refresh(app: App) -> int:
    """Set every outdated menu; return how many were set."""
    count = 0
    for name, adapter in app.adapters.items():
        set_menu = getattr(adapter, "set_menu", None)
        if set_menu is None:
            continue
        for menu in await asyncio.to_thread(_stale, app, name):
            try:
                await set_menu(menu.scope, menu.entries)
            except Retry as fault:
                log.info("menus later", extra={"platform": name, "cause": str(fault)})
                break
            except (
                PlatformError
            ) as fault:  # somebody who blocked us gets no menu and is not tried again
                log.warning("menu not set", extra={"platform": name, "cause": str(fault)})
            else:
                count += 1
            keep = partial(menus.keep, platform=name, scope=menu.scope, digest=menu.digest)
            await app.write(keep)
    return count


def _stale(app: App, platform: str) -> list[Menu]:
    with app.db.reading() as tx:
        shown = menus.known(tx, platform)
        every = offered.every(directory(tx), platform, app.registry.commands)
        return [menu for menu in every if shown.get(menu.scope) != menu.digest]
