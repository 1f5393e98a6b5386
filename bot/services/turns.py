"""The places of requests in their lanes: one person's, and one chat's, keep their order."""

import asyncio

from commands.chat.messages import Incoming

QUEUED, DONE = 1, 2
"""Stages of a request: handed to the writer; committed."""


class Turn:
    """A request's place in its lanes. Costs nothing while nobody waits for it, the usual case."""

    __slots__ = ("_waiting", "reads", "stage")

    def __init__(self, *, reads: bool) -> None:
        self.reads = reads
        self.stage = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def until(self, stage: int) -> None:
        """Wait until the request has reached this stage."""
        if self.stage < stage:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((stage, future))
            await future

    def reach(self, stage: int) -> None:
        """Release those waiting for this stage or an earlier one."""
        self.stage = stage
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for wanted, future in waiting:
            if wanted > stage:
                self._waiting.append((wanted, future))
            elif not future.done():
                future.set_result(None)


def lanes(incoming: Incoming) -> tuple[tuple[str, ...], ...]:
    """The lanes of an event: its chat's and its author's."""
    chat = incoming.chat
    place = ("chat", chat.platform, chat.id, "group" if chat.group else "")
    if incoming.author is None:
        return (place,)
    return place, ("person", chat.platform, incoming.author)
