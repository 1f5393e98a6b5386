"""`promobot console`: the demonstration school in a terminal."""

import asyncio
import logging
from argparse import Namespace
from secrets import token_hex

from bot import logs
from bot.playground.console import Console
from bot.playground.school import open_playground, people_of
from bot.process.app import build, read_settings
from bot.process.running import running
from bot.settings import Settings
from bot.shell.output import out


def run(arguments: Namespace) -> int:
    """Talk until the input ends."""
    found = read_settings()
    logs.setup(found.secrets, level=logging.WARNING, form=found.log)
    asyncio.run(_talk(arguments, found))
    return 0


async def _talk(arguments: Namespace, found: Settings) -> None:
    db, clock = open_playground(found, out)
    console = Console(now=clock.now, prefix=f"{token_hex(4)}-")
    console.account, console.group = arguments.account or "", arguments.group or ""
    app = build(db, clock, [console])
    console.people = lambda: [one[:3] for one in people_of(app)]
    async with running(app, "127.0.0.1", 0):
        await console.ended.wait()
