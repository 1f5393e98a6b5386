"""The HTTP server of the process: health checks for operators; pages and webhooks mount on it.

It promises, whoever calls: no body is inflated, none is awaited for long, idle connections end,
and there are never more of them than descriptors can be spared. Refused requests are one log
line each, without what they said.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import http_exceptions, web
from aiohttp.web_protocol import RequestHandler

from bot.adapters.bodies import Unread, check
from bot.wording import say
from scoring.errors import OperatorError

MAX_BODY = 8 * 1024 * 1024
"""Bytes of the longest body any path takes; most take far less."""

IDLE = 15.0
"""Seconds in which a connection must bring its next request, headers and all."""

LINGER = 2.0
"""Seconds in which the rest of a body that nobody reads is thrown away."""

MOST = 512
"""Most connections at once; fewer where descriptors are short."""

Mount = Callable[[web.Application], None]
"""Adds the routes of one part (a page, a platform's webhook) to the server."""

log = logging.getLogger("promobot.http")

BUSY: web.AppKey[set[object]] = web.AppKey("busy", set)
"""The connections with a request at work."""


def application(
    trouble: Callable[[], Awaitable[str]], mounts: tuple[Mount, ...] = ()
) -> web.Application:
    """Return the server with /healthz (it is up) and /readyz (200 if it takes work, else 503 with
    the reason, which `trouble` finds; "" if there is none)."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_guarded])
    app[BUSY] = set()

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readiness(_: web.Request) -> web.Response:
        reason = await trouble()
        if not reason:
            return web.json_response({"ready": True})
        told = json.dumps({"ready": False, "reason": reason}, ensure_ascii=False)
        return web.json_response(text=told, status=503)

    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", readiness)
    for mount in mounts:
        mount(app)
    return app


@web.middleware
async def _guarded(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what no path takes, and turn every fault into a status."""
    busy = request.app[BUSY]
    busy.add(request.protocol)
    try:
        check(request, MAX_BODY)
        response = await handler(request)
    except Unread as refused:
        response = web.Response(status=refused.status)
    except web.HTTPException as answer:
        _count(request, answer.status)
        raise
    finally:
        busy.discard(request.protocol)
    _count(request, response.status)
    return response


def _count(request: web.Request, status: int) -> None:
    """Log a refusal by its route, so that equal ones fold whatever the caller wrote."""
    if status >= 400:
        resource = request.match_info.route.resource
        door = resource.canonical if resource is not None else "-"
        log.info("request refused", extra={"door": door, "status": status})


class _Brief(logging.Filter):
    """Cuts the trace of a request that is no HTTP to one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(fault, http_exceptions.HttpProcessingError):
            record.msg, record.args, record.exc_info = "request is no HTTP", None, None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


_BRIEF = _Brief()


def claim(host: str, port: int) -> list[socket.socket]:
    """Take the port for this process, before there is anything to serve: one socket an address of
    the host. Raises OperatorError for a taken port or a wrong address."""
    claimed: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, address in dict.fromkeys(found):
            # asyncio accepts as many in one go as wait, before any of them is counted.
            door = socket.create_server(address, family=family, backlog=max(4, room() // 4))
            claimed.append(door)
    except OSError as fault:
        for door in claimed:
            door.close()
        other = port + 1 if port else 8081
        raise OperatorError(say("http.taken", host=host, port=port, other=other)) from fault
    return claimed


async def listen(
    app: web.Application, host: str, port: int, claimed: Sequence[socket.socket] = ()
) -> web.AppRunner:
    """Start serving, on what was claimed already if anything was; raise OperatorError as `claim`
    does."""
    logging.getLogger("aiohttp.server").addFilter(_BRIEF)
    doors = claimed or claim(host, port)
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=1,
        keepalive_timeout=IDLE,
        lingering_time=LINGER,
        auto_decompress=False,
    )
    await runner.setup()
    for door in doors:
        await _Site(runner, door).start()
    return runner


class _Site(web.SockSite):
    """Listens, and makes room for a newcomer when all connections are taken: the one that has
    idled longest goes."""

    __slots__ = ("_most",)

    async def start(self) -> None:
        await web.BaseSite.start(self)
        self._most = room()
        backlog = max(4, self._most // 4)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._admit, sock=self._sock, backlog=backlog)

    def _admit(self) -> asyncio.Protocol:
        server = self._runner.server
        assert isinstance(server, web.Server)  # noqa: S101 - it is set up
        busy = self._runner.app[BUSY] if isinstance(self._runner, web.AppRunner) else set()
        opened = [one for one in server.connections if one.transport is not None]
        if len(opened) >= self._most:
            idle = next((one for one in opened if one not in busy), None)
            log.warning("too many connections", extra={"most": self._most})
            if idle is None:
                return _Turned()
            idle.force_close()
        handler: RequestHandler = server()
        return handler


class _Turned(asyncio.Protocol):
    """A connection that is closed at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def room() -> int:
    """Return how many connections there may be: a quarter of the descriptors at most."""
    try:
        import resource
    except ImportError:  # Windows
        return MOST
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if descriptors < 0 else min(MOST, max(8, descriptors // 4))
