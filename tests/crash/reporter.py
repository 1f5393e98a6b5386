"""A process to be killed: reports with 64 in flight, each number told once it is committed. While a
server is away it tries again."""

import asyncio
import itertools
import os
from functools import partial
from multiprocessing.connection import Connection

from db.engine.database import Database
from db.engine.writer import Writer
from db.errors import DatabaseFault
from tests.conftest import KEY
from tests.worlds.rows import report

IN_FLIGHT = 64


def serve(address: str, told: Connection) -> None:
    """Report until the end."""
    asyncio.run(_serve(Writer(Database.open(address, KEY)), told))


async def _serve(writer: Writer, told: Connection) -> None:
    names = (f"{os.getpid()}-{number}" for number in itertools.count())

    async def one() -> None:
        while True:
            try:
                told.send(await writer.run(partial(report, name=next(names))))
            except DatabaseFault:  # whether it was kept nobody knows
                await asyncio.sleep(0.05)

    await asyncio.gather(*[one() for _ in range(IN_FLIGHT)])
