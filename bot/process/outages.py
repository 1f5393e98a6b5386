"""Notes when a platform is out of reach and when it answers again, and tells the groups whose
messages may be lost."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import partial

from bot.process.app import App
from bot.wording import say
from commands.chat.messages import Chat, Notice
from commands.conversation import postbox
from commands.wording.formats import clock
from db import chats, outages
from db.calendar import calendar
from db.engine.tx import Reading, Tx
from db.errors import Conflict, DatabaseFault
from db.outages import Outage
from scoring.moments import DAY, HOUR, Instant, day_of, start_of

LASTS = 60
"""Seconds out of reach that are worth a note: a connection that is made anew is none."""

AT_WORK = (8 * HOUR, 18 * HOUR)
"""The hours of a workday in which somebody is likely to have said something (C30)."""


class Outages:
    """What one process has seen of its platforms."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._since: dict[str, Instant] = {}
        self._told: set[str] = set()
        self._well: set[str] = set()

    async def seen(self, gone: Collection[str], served: Collection[str]) -> None:
        """Take note of what is out of reach now. Of those that are not, only what this process has
        `served` is known to answer: the others may be another's. What cannot be written now is
        tried at the next look."""
        now = self._app.clock.now()
        with suppress(Conflict, DatabaseFault):
            for name in gone:
                since = self._since.setdefault(name, now)
                if now - since >= LASTS and name not in self._told:
                    await self._app.write(partial(outages.begin, platform=name, since=since))
                    self._told.add(name)
                    self._well.discard(name)
            for name in set(served) - set(gone):
                self._since.pop(name, None)
                if name not in self._well:
                    await self._app.write(partial(self._over, name=name, now=now))
                    self._well.add(name)
                    self._told.discard(name)

    def _over(self, tx: Tx, *, name: str, now: Instant) -> None:
        outage = outages.end(tx, platform=name, now=now)
        keeps = self._app.adapters[name].capabilities.keeps
        if outage is None or keeps or not any(_at_work(tx, outage.since, now)):
            return
        for row in chats.groups(tx):
            if row.platform == name:
                postbox.post_notice(tx, _notice(outage, row.chat, row.thread, now), now)


def _notice(outage: Outage, group: str, thread: str | None, now: Instant) -> Notice:
    return Notice(
        text=say("outage.missed", since=clock(outage.since), until=clock(now)),
        chat=Chat(platform=outage.platform, id=group, group=True, thread=thread),
        key=f"outage:{outage.since}:{outage.platform}:{group}",
    )


def _at_work(tx: Reading, since: Instant, until: Instant) -> Iterator[bool]:
    """For each day from an instant to another, whether its hours of work lie between them, at
    least in part."""
    known = calendar(tx)
    for midnight in range(start_of(day_of(since)), until, DAY):
        first, last = (midnight + hour for hour in AT_WORK)
        yield known.works(day_of(midnight)) and since < last and until > first
