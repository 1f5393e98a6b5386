"""What is seen of a process from inside, for Prometheus at `/metrics`.

Numbers, names of platforms and leases, and our own codes of commands; nothing of people or of what
they say. Without a token only the machine itself may look, and not through a proxy.
"""

import asyncio
import hmac
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from aiohttp import hdrs, web

from bot.process.app import App
from bot.process.exposition import CONTENT_TYPE, family, gauge, histogram
from bot.process.health import Health
from bot.process.leading import Replica
from db import leases, outbox
from scoring.moments import Instant

LONGEST = 3.0
"""Seconds that the database has to answer; without it the rest is told."""

NEAR = ("127.0.0.1", "::1")
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded")

Seen = tuple[dict[str, int], Instant | None, dict[str, str]]
"""What only the database knows: messages by state, since when the oldest due one waits, and the
holders of leases."""


class Metrics:
    """The figures of one process. `folder`: where its data lie."""

    def __init__(self, app: App, replica: Replica, health: Health, folder: Path) -> None:
        self._app = app
        self._replica = replica
        self._health = health
        self._folder = folder

    async def text(self) -> str:
        """Return all figures as Prometheus reads them."""
        try:
            async with asyncio.timeout(LONGEST):
                seen = await asyncio.to_thread(self._seen)
        except Exception:
            seen = None
        return "".join([*self._of_intake(), *self._of_sending(), *self._of_the_house(seen)])

    def _seen(self) -> Seen:
        with self._app.db.reading() as tx:
            now = self._app.clock.now()
            waiting = outbox.oldest_due(tx, now)
            return outbox.counts(tx), waiting, leases.holders(tx)

    def _of_intake(self) -> Iterator[str]:
        intake = self._app.gateway.intake
        yield histogram("intake_seconds", "From an event to its commit.", intake.times)
        for name, said, counts in (
            ("intake_failed_total", "Events answered with an apology, by command.", intake.failed),
            ("slow_handlers_total", "Handlers over their 5 ms, by command.", intake.slow),
        ):
            samples = [({"command": command}, count) for command, count in counts.items()]
            yield family(name, "counter", said, samples)

    def _of_sending(self) -> Iterator[str]:
        delivery = self._app.delivery
        counts = sorted(delivery.attempts.counts.items())
        samples = [({"platform": on, "outcome": how}, count) for (on, how), count in counts]
        yield family("sends_total", "counter", "Attempts to send: sent, later or dead.", samples)
        yield gauge("sends_open", "Messages taken from the outbox.", len(delivery.taken))
        yield gauge("outcomes_unrecorded", "Sent, not recorded yet.", len(delivery.books.unkept))

    def _of_the_house(self, seen: Seen | None) -> Iterator[str]:
        app, now = self._app, self._app.clock.now()
        yield gauge("database_up", "Whether the database answers.", float(seen is not None))
        yield gauge("ready", "Whether the process takes work.", float(not self._health.known))
        yield gauge("writer_waiting", "Groups of requests that wait.", app.writer.waiting())
        yield gauge("commits_total", "Transactions committed.", app.writer.commits)
        if app.ticked_at is not None:
            yield gauge("last_tick_timestamp_seconds", "When reminders were due.", app.ticked_at)
        yield gauge("disk_free_bytes", "Beside the data.", shutil.disk_usage(self._folder).free)
        yield gauge("clock_timestamp_seconds", "This machine's clock.", time.time())
        led = [({"lease": lease}, 1.0) for lease in sorted(self._replica.led)]
        yield family("leads", "gauge", "The leases that this process works under.", led)
        if seen is None:
            return
        states, waiting, holders = seen
        samples = [({"state": state}, float(count)) for state, count in sorted(states.items())]
        yield family("outbox_messages", "gauge", "Messages by state.", samples)
        age = 0 if waiting is None else max(0, now - waiting)
        yield gauge("outbox_age_seconds", "For how long the oldest due message waits.", age)
        held = [({"lease": lease, "holder": who}, 1.0) for lease, who in sorted(holders.items())]
        yield family("lease_holder", "gauge", "The processes that hold leases.", held)


def mount(metrics: Metrics, token: str) -> Callable[[web.Application], None]:
    """Return what adds `/metrics` to the HTTP server."""

    async def told(request: web.Request) -> web.Response:
        if not _may_look(request, token):
            return web.Response(status=403)
        return web.Response(
            body=(await metrics.text()).encode(), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE}
        )

    def add(app: web.Application) -> None:
        app.router.add_get("/metrics", told)

    return add


def _may_look(request: web.Request, token: str) -> bool:
    if not token:
        passed_on = any(name in request.headers for name in PASSED_ON)
        return request.remote in NEAR and not passed_on
    shown = request.headers.get(hdrs.AUTHORIZATION, "").encode(errors="surrogateescape")
    return hmac.compare_digest(shown, b"Bearer " + token.encode())
