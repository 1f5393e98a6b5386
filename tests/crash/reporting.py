"""A process that takes reports in and prints each answer as it is delivered, until it is killed.

python -m tests.crash.reporting ADDRESS FIRST LAST
"""

import asyncio
import sys
from collections.abc import Iterable, Iterator

from bot.adapters.local import NAME, Event, LocalPlatform
from bot.app import build
from bot.clock import VirtualClock
from bot.patience import Patience
from commands.chat import Chat, Incoming
from db import plans
from db.database import Database
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


def on_event(event: Event) -> None:
    if event.sent is not None:
        print(event.sent.key, event.sent.text.split()[1], flush=True)  # noqa: T201


async def report(address: str, numbers: Iterable[int]) -> None:
    """Take all of them in, several at once, and deliver every answer."""
    db = Database.open(address, KEY)
    clock = VirtualClock(NOW)
    platform = LocalPlatform(now=clock.now)
    app = build(db, clock, plans.shipped(), [platform], patience=Patience(None))
    platform.hooks.append(on_event)
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


if __name__ == "__main__":
    _, address, first, last = sys.argv
    asyncio.run(report(address, range(int(first), int(last))))
