"""Files made for a page while its visitor waits: what the chat would send as long work.

One is made at a time, with the rests of long work, so that nobody else's answer waits for it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import quote

from bot.pages.door import NotShown
from bot.pages.visits import Visit
from bot.process.app import App
from bot.services.jobs import Rest
from bot.services.names import file_name
from bot.wording import say
from commands.chat.messages import File, Reply
from commands.chat.requests import Made
from commands.conversation.jobs import order_of

LONGEST = 45.0
"""Seconds after which a file is given up: what stands in front of us hangs up after a minute."""

MOST_WAITING = 4
"""Visitors for whom a file is made or waits to be made."""


class _GivenUp(Exception):
    """Nobody waits for a file any more."""


class Papers:
    """Makes files, for each visitor one at a time."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="papers")
        self._waiting: set[int] = set()

    def close(self) -> None:
        """Let the thread go."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def made(self, visit: Visit, reply: Reply, kind: str) -> File:
        """The file of a reply that makes some whose name ends in `kind`, else the first. Raises
        NotShown where too many wait or it takes too long, UserError for what the work refuses."""
        who = visit.who.id
        if who in self._waiting or len(self._waiting) >= MOST_WAITING:
            raise NotShown(say("pages.file_waits"), 503)
        self._waiting.add(who)
        given_up = Event()
        work = asyncio.get_running_loop().run_in_executor(
            self._worker, self._work, visit, reply, given_up
        )
        try:
            async with asyncio.timeout(LONGEST):
                files = (await work).files
        except TimeoutError:
            raise NotShown(say("pages.file_is_long"), 503) from None
        finally:
            given_up.set()
            self._waiting.discard(who)
        return next((one for one in files if one.name.endswith(f".{kind}")), files[0])

    def _work(self, visit: Visit, reply: Reply, given_up: Event) -> Made:
        assert reply.makes is not None  # noqa: S101 - asked by the caller
        kind, args = reply.makes
        world, rest = visit.world, Rest()

        def tell(_: int) -> None:
            if given_up.is_set():
                raise _GivenUp
            rest.take()

        tell(0)
        with self._app.db.reading() as tx:
            order = order_of(
                world.plans, world.people, visit.now, kind=kind, args=args, person=visit.who.id
            )
            return world.registry.jobs[kind].work(tx, order, tell)


def disposition(file: File) -> str:
    """What has a browser keep a file under its name and never show it."""
    return f"attachment; filename*=UTF-8''{quote(file_name(file.name), safe='')}"
