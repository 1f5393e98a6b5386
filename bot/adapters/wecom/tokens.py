"""Access tokens of the app, kept in the database and shared by the replicas."""

import asyncio
from functools import partial

from bot.adapters.wecom.api import Token
from db import tokens
from db.engine.database import Database
from db.engine.writer import Writer


class Shared:
    """See `bot.adapters.wecom.api.Tokens`."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db = db
        self._writer = writer

    async def get(self, name: str) -> Token | None:
        return await asyncio.to_thread(self._read, name)

    def _read(self, name: str) -> Token | None:
        with self._db.reading() as tx:
            found = tokens.get(tx, name)
        return None if found is None else Token(*found)

    async def put(self, name: str, token: Token) -> None:
        work = partial(tokens.put, name=name, text=token.text, ends_at=token.ends_at)
        await self._writer.run(work)
