"""A process that serves a database as `promobot run` does and tells each message as its platform
takes it, until it is killed, or ends by itself in the moment after."""

import asyncio
import os
import signal
import time
from multiprocessing.connection import Connection

from bot.adapters.local import NAME, LocalPlatform
from bot.clock import RealClock
from bot.process.app import build
from bot.process.running import running
from commands.chat.messages import Chat, Outgoing, Receipt
from commands.conversation.postbox import put
from db.engine.database import Database
from db.engine.tx import Tx
from tests.conftest import KEY

SENDING = 0.002
"""Seconds that the platform takes for a message."""


class Told(LocalPlatform):
    """A platform whose other end is the test: `dies` after so many messages, before their mark."""

    def __init__(self, told: Connection, dies: int | None) -> None:
        super().__init__()
        self._told, self._left = told, dies

    async def send(self, message: Outgoing) -> Receipt:
        await asyncio.sleep(SENDING)
        self._told.send((time.monotonic(), message.chat.id, message.text))
        if self._left is not None:
            self._left -= 1
            if not self._left:
                os._exit(1)
        return Receipt(message="m")


def serve(address: str, dies: int | None, told: Connection) -> None:
    """Serve until SIGTERM."""
    asyncio.run(_serve(address, told, dies))


async def _serve(address: str, told: Connection, dies: int | None) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    app = build(Database.open(address, KEY), RealClock(), [Told(told, dies)])
    async with running(app, "127.0.0.1", 0):
        await stop.wait()


def written(tx: Tx, start: int, messages: int, chats: int, now: int) -> None:
    """Put messages for several chats into the outbox; their texts are numbers."""
    for number in range(start, start + messages):
        chat = Chat(platform=NAME, id=f"u{number % chats}")
        put(
            tx,
            Outgoing(key=f"k{number}", chat=chat, kind="notice", text=str(number)),
            person=None,
            now=now,
        )
