"""The figures of the last day, kept in memory: what `/metrics` tells, minute by minute."""

import asyncio
import logging
from collections import deque

from bot.process.app import App
from db import jobs, outbox
from db.engine.tx import Reading
from scoring.moments import Instant
from scoring.values import frozen

EVERY = 60.0
"""Seconds between two samples."""

MOST = 24 * 60
"""Samples kept: a day of them."""

log = logging.getLogger("promobot.pages")


@frozen
class Sample:
    """The figures of an instant. Those from `events` to `commits` are sums since the start."""

    at: Instant
    events: int
    seconds: float
    failed: int
    slow: int
    sent: int
    commits: int
    waiting: int
    held: int
    buried: int
    jobs: int
    oldest: int


class Figures:
    """Samples since the start, the last day of them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.samples: deque[Sample] = deque(maxlen=MOST)

    async def watch(self) -> None:
        """Take a sample a minute, for ever; one that fails is left out."""
        while True:
            try:
                self.samples.append(await asyncio.to_thread(self._sample))
            except Exception:
                log.debug("no sample", exc_info=True)
            await asyncio.sleep(EVERY)

    def _sample(self) -> Sample:
        with self._app.db.reading() as tx:
            return self.now(tx)

    def now(self, tx: Reading) -> Sample:
        """The figures as they are."""
        app, now = self._app, self._app.clock.now()
        intake, counts, work = app.gateway.intake, outbox.counts(tx), jobs.counts(tx)
        since = outbox.oldest_due(tx, now)
        sends = app.delivery.attempts.counts.items()
        return Sample(
            at=now,
            events=intake.times.count,
            seconds=intake.times.total,
            failed=sum(intake.failed.values()),
            slow=sum(intake.slow.values()),
            sent=sum(count for (_, how), count in sends if how == "sent"),
            commits=app.writer.commits,
            waiting=counts.get(outbox.WAITING, 0),
            held=counts.get(outbox.HELD, 0),
            buried=counts.get(outbox.BURIED, 0),
            jobs=work.get(jobs.QUEUED, 0) + work.get(jobs.TAKEN, 0),
            oldest=0 if since is None else max(0, now - since),
        )
