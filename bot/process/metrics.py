"""What is seen of a process from inside, for Prometheus at `/metrics`.

Numbers, names of platforms and leases, and our own codes of commands; nothing of people or of what
they say. Without a token only the machine itself may look, and not through a proxy.
"""

import asyncio
import hmac
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from bot.process.app import App
from bot.process.health import Health
from bot.process.leading import Replica
from bot.services.counts import BOUNDS, Times
from db import jobs, leases, outbox
from scoring.moments import Instant
from scoring.values import frozen

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

LONGEST = 3.0
"""Seconds that the database has to answer; without it the rest is told."""

NEAR = ("127.0.0.1", "::1")
PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
PREFIX = "promobot_"

Samples = Iterable[tuple[Mapping[str, str], float]]
"""Labels and a value each."""


@frozen
class Seen:
    """What only the database knows: messages and jobs by state, since when the oldest due one of
    each waits, and the holders of leases."""

    messages: Mapping[str, int]
    jobs: Mapping[str, int]
    message_since: Instant | None
    job_since: Instant | None
    holders: Mapping[str, str]


class Metrics:
    """The figures of one process. `folder`: where its data lie."""

    def __init__(self, app: App, replica: Replica, health: Health, folder: Path) -> None:
        self._app = app
        self._replica = replica
        self._health = health
        self._folder = folder
        self._seen: Seen | None = None

    async def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        from prometheus_client.exposition import generate_latest

        try:
            async with asyncio.timeout(LONGEST):
                self._seen = await asyncio.to_thread(self._look)
        except Exception:
            self._seen = None
        return generate_latest(self)

    def _look(self) -> Seen:
        with self._app.db.reading() as tx:
            now = self._app.clock.now()
            return Seen(
                messages=outbox.counts(tx),
                jobs=jobs.counts(tx),
                message_since=outbox.oldest_due(tx, now),
                job_since=jobs.oldest_free(tx, now),
                holders=leases.holders(tx),
            )

    def collect(self) -> Iterator["Metric"]:
        """Yield every family: what the library asks for."""
        yield from self._of_intake()
        yield from self._of_sending()
        yield from self._of_the_house()
        if self._seen is not None:
            yield from self._of_the_database(self._seen)

    def _of_intake(self) -> Iterator["Metric"]:
        intake = self._app.gateway.intake
        yield histogram("intake_seconds", "From an event to its commit.", intake.times)
        for name, said, counts in (
            ("intake_failed", "Events answered with an apology, by command.", intake.failed),
            ("slow_handlers", "Handlers over their 5 ms, by command.", intake.slow),
        ):
            yield counter(name, said, [({"command": one}, n) for one, n in counts.items()])

    def _of_sending(self) -> Iterator["Metric"]:
        delivery = self._app.delivery
        counts = sorted(delivery.attempts.counts.items())
        samples = [({"platform": on, "outcome": how}, count) for (on, how), count in counts]
        yield counter("sends", "Attempts to send: sent, later (a retry) or dead.", samples)
        yield gauge("sends_open", "Messages taken from the outbox.", len(delivery.taken))
        yield gauge("outcomes_unrecorded", "Sent, not recorded yet.", len(delivery.books.unkept))

    def _of_the_house(self) -> Iterator["Metric"]:
        app = self._app
        yield gauge("database_up", "Whether the database answers.", self._seen is not None)
        yield gauge("ready", "Whether the process takes work.", not self._health.known)
        yield gauge("writer_waiting", "Groups of requests that wait.", app.writer.waiting())
        yield counter("commits", "Transactions committed.", [({}, app.writer.commits)])
        if app.ticked_at is not None:
            yield gauge("last_tick_timestamp_seconds", "When reminders were due.", app.ticked_at)
        yield gauge("disk_free_bytes", "Beside the data.", shutil.disk_usage(self._folder).free)
        yield gauge("clock_timestamp_seconds", "This machine's clock.", time.time())
        led = [(_labels(lease), 1.0) for lease in sorted(self._replica.led)]
        yield gauges("leads", "The leases that this process works under.", led)

    def _of_the_database(self, seen: Seen) -> Iterator["Metric"]:
        for what, of, counts, since in (
            ("outbox", "messages", seen.messages, seen.message_since),
            ("queue", "jobs", seen.jobs, seen.job_since),
        ):
            states = [({"state": state}, float(n)) for state, n in sorted(counts.items())]
            yield gauges(f"{what}_{of}", "How many are in which state.", states)
            age = 0 if since is None else max(0, self._app.clock.now() - since)
            yield gauge(f"{what}_age_seconds", "For how long the oldest due one waits.", age)
        held = [(_labels(lease) | {"holder": who}, 1.0) for lease, who in seen.holders.items()]
        yield gauges("lease_holder", "The processes that hold leases.", held)


def _labels(lease: str) -> dict[str, str]:
    """Name a lease, and the work that it is for: poller, socket, webhook, delivery, ticker."""
    return {"work": lease.partition(":")[0], "lease": lease}


# --- families, of the library that is imported when somebody looks --------------------------


def gauge(name: str, said: str, value: float) -> "Metric":
    """Return a family of one value."""
    return gauges(name, said, [({}, value)])


def gauges(name: str, said: str, samples: Samples) -> "Metric":
    """Return a family of values that go up and down."""
    from prometheus_client.metrics_core import GaugeMetricFamily

    return _filled(GaugeMetricFamily(PREFIX + name, said), "", samples)


def counter(name: str, said: str, samples: Samples) -> "Metric":
    """Return a family of counts, whose samples end in `_total`."""
    from prometheus_client.metrics_core import CounterMetricFamily

    return _filled(CounterMetricFamily(PREFIX + name, said), "_total", samples)


def histogram(name: str, said: str, times: Times) -> "Metric":
    """Return how often something took how long."""
    from prometheus_client.metrics_core import HistogramMetricFamily
    from prometheus_client.utils import floatToGoString

    edges = map(floatToGoString, (*BOUNDS, float("inf")))
    buckets = list(zip(edges, map(float, accumulate(times.within)), strict=True))
    return HistogramMetricFamily(PREFIX + name, said, buckets, times.total)


def _filled(family: "Metric", ending: str, samples: Samples) -> "Metric":
    for labels, value in samples:
        family.add_sample(family.name + ending, dict(labels), float(value))
    return family


def mount(metrics: Metrics, token: str) -> Callable[[web.Application], None]:
    """Return what adds `/metrics` to the HTTP server."""

    async def told(request: web.Request) -> web.Response:
        if not _may_look(request, token):
            return web.Response(status=403)
        from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

        told = await metrics.text()
        return web.Response(body=told, headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4})

    def add(app: web.Application) -> None:
        app.router.add_get("/metrics", told)

    return add


def _may_look(request: web.Request, token: str) -> bool:
    if not token:
        passed_on = any(name in request.headers for name in PASSED_ON)
        return request.remote in NEAR and not passed_on
    shown = request.headers.get(hdrs.AUTHORIZATION, "").encode(errors="surrogateescape")
    return hmac.compare_digest(shown, b"Bearer " + token.encode())
