"""A process to be killed: the playground with people who talk in it, and a clock that is moved."""

import asyncio
import os
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from bot.adapters.local import Event, Message
from bot.playground.school import STAFF, playground
from bot.playground.web import WebPage, private_chat
from bot.settings import Settings
from commands.chat.messages import File
from scoring.moments import HOUR


def talk(folder: Path, sender: Connection) -> None:
    """Talk for ever; say what a page shows of each message, and the time of the school.

    Texts of the bot are left out: it may change them."""
    os.chdir(folder)
    asyncio.run(_talk(sender))


def said(message: Message) -> str:
    """The text of a person's message."""
    return message.text if message.author else ""


async def _talk(sender: Connection) -> None:
    async with playground(Settings(http_port=0), lambda _: None) as app:
        page = app.adapters["local"]
        assert isinstance(page, WebPage)

        def shown(event: Event) -> None:
            message = event.message
            sender.send((page.now(), message.id, said(message), len(message.files)))

        page.platform.hooks.append(shown)
        people, chat = page.platform, private_chat("u-ma")
        for turn in count():
            await people.says("u-ma", chat, "得分")
            await people.says("u-ma", STAFF, f"第 {turn} 句")
            await people.says("u-ma", chat, file=File(name="a.txt", data=b"a" * 100_000))
            assert page._jump is not None
            await page._jump(page.now() + HOUR)
