"""Opens what people send, before their command is carried out: see `Opener` of a command."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.services.limited import Limited, Unfinished
from bot.wording import say
from commands.chat.errors import Refused
from commands.chat.messages import File, Opened
from commands.chat.requests import Opener, Unopened
from db.pictures import Kept
from scoring.errors import PlatformError, UserError
from scoring.moments import Instant
from scoring.plan import Plan

PATIENCE = 3.0
"""Seconds after which somebody is told that their file is being read (design 4)."""


class Files:
    """Opens files in processes with limits. `patience` None: nobody is told that it takes long,
    for time that is not real. `keep`: seals a picture and puts it where its bytes lie."""

    def __init__(self, keep: Callable[[bytes], Kept], *, patience: float | None = PATIENCE) -> None:
        self.keep = keep
        self.patience = patience
        self.limited = Limited()

    async def opened(self, unopened: Unopened) -> File:
        """The file of a request as its command's opener reads it, or why it cannot be read. It is
        fetched first, where it still lies on the platform."""
        request, opener = unopened.request, unopened.opener
        file = request.incoming.file
        assert file is not None  # noqa: S101 - a request without one is never unopened
        try:
            data = file.data if file.fetch is None else await _fetched(file)
            plain = await self.limited.run(opener.read, file.name, data, request.plan, request.now)
        except UserError as refusal:
            broken = opener.keeps and isinstance(refusal, Unfinished)
            why = say("gateway.picture_broken") if broken else str(refusal)
            opened = Opened(opener=unopened.name, refused=why)
        else:
            value = await asyncio.to_thread(opener.value, plain)
            if opener.keeps:
                value, plain = await asyncio.to_thread(self.keep, value), None
            opened = Opened(opener=unopened.name, value=value, plain=plain)
        return File(name=file.name, data=file.data, opened=opened, fetch=file.fetch)

    def close(self) -> None:
        """End the processes."""
        self.limited.close()


async def _fetched(file: File) -> bytes:
    """The bytes of a file that still lies on its platform. Raises UserError."""
    assert file.fetch is not None  # noqa: S101 - asked by the caller
    try:
        return await file.fetch()
    except Refused as fault:
        raise UserError(say("gateway.picture_too_big")) from fault
    except PlatformError as fault:
        raise UserError(say("gateway.picture_gone")) from fault


def read(opener: Opener, path: Path, data: bytes, plan: Plan, now: Instant) -> Any:
    """The value of a file from the shell, read within the same limits. Raises UserError."""
    limited = Limited()
    try:
        return opener.value(limited.call(opener.read, path.name, data, plan, now))
    finally:
        limited.close()
