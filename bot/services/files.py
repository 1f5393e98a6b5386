"""Opens what people send, before their command is carried out: see `Opener` of a command."""

import asyncio
from pathlib import Path
from typing import Any

from bot.services.limited import Limited
from commands.chat.messages import File, Opened
from commands.chat.requests import Opener, Unopened
from scoring.errors import UserError
from scoring.moments import Instant
from scoring.plan import Plan

PATIENCE = 3.0
"""Seconds after which somebody is told that their file is being read (design 4)."""


class Files:
    """Opens files in processes with limits. `patience` None: nobody is told that it takes long,
    for time that is not real."""

    def __init__(self, *, patience: float | None = PATIENCE) -> None:
        self.patience = patience
        self.limited = Limited()

    async def opened(self, unopened: Unopened) -> File:
        """The file of a request as its command's opener reads it, or why it cannot be read."""
        request, opener = unopened.request, unopened.opener
        file = request.incoming.file
        assert file is not None  # noqa: S101 - a request without one is never unopened
        try:
            plain = await self.limited.run(
                opener.read, file.name, file.data, request.plan, request.now
            )
        except UserError as refusal:
            opened = Opened(opener=unopened.name, refused=str(refusal))
        else:
            value = await asyncio.to_thread(opener.value, plain)
            opened = Opened(opener=unopened.name, value=value, plain=plain)
        return File(name=file.name, data=file.data, opened=opened)

    def close(self) -> None:
        """End the processes."""
        self.limited.close()


def read(opener: Opener, path: Path, data: bytes, plan: Plan, now: Instant) -> Any:
    """The value of a file from the shell, read within the same limits. Raises UserError."""
    limited = Limited()
    try:
        return opener.value(limited.call(opener.read, path.name, data, plan, now))
    finally:
        limited.close()
