"""A process that takes reports in and tells each answer as it is delivered, until it is killed."""

import asyncio
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection

from bot.adapters.local import NAME, Event, LocalPlatform
from bot.clock import VirtualClock
from bot.process.app import build
from bot.services.patience import Patience
from commands.chat.messages import Chat, Incoming
from db.engine.database import Database
from tests.conftest import KEY

IN_FLIGHT = 16
NOW = 1_711_700_000


def event(number: int) -> Incoming:
    """The update `number`: one lead of one teacher."""
    return Incoming(
        update=str(number),
        chat=Chat(platform=NAME, id="u-liu"),
        author="u-liu",
        sent_at=NOW,
        received_at=NOW,
        text=f"报线索 张某 138{number:08d} 初三",
        message=f"m{number}",
    )


def serve(address: str, numbers: Iterable[int], told: Connection) -> None:
    """Take all of them in, several at once, and deliver every answer."""
    asyncio.run(_serve(address, numbers, told))


async def _serve(address: str, numbers: Iterable[int], told: Connection) -> None:
    db = Database.open(address, KEY)
    clock = VirtualClock(NOW)
    platform = LocalPlatform(now=clock.now)
    app = build(db, clock, [platform], patience=Patience(None))

    def tell(event: Event) -> None:
        if event.sent is not None:
            told.send((event.sent.key, event.sent.text.split()[1]))

    platform.hooks.append(tell)
    platform.open(app.gateway.receive)
    waiting: Iterator[int] = iter(numbers)

    async def teacher() -> None:
        for number in waiting:
            await app.gateway.receive(event(number))

    delivering = asyncio.create_task(app.delivery.run())
    await asyncio.gather(*(teacher() for _ in range(IN_FLIGHT)))
    await app.delivery.quiet()
    delivering.cancel()
    app.close()
