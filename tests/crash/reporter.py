"""A process to be killed: reports with 64 in flight, each number printed once it is committed."""

import asyncio
import itertools
import os
import sys
from functools import partial

from db.database import Database
from db.writer import Writer
from tests.rows import report

IN_FLIGHT = 64


async def serve(writer: Writer) -> None:
    """Report until the end."""
    names = map(str, itertools.count())

    async def one() -> None:
        while True:
            number = await writer.run(partial(report, name=next(names)))
            os.write(1, b"%d\n" % number)

    await asyncio.gather(*[one() for _ in range(IN_FLIGHT)])


asyncio.run(serve(Writer(Database.open(sys.argv[1], bytes(range(32))))))
