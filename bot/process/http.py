"""The HTTP server of the process: health checks for operators; pages and webhooks mount on it."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.wording import say
from scoring.errors import OperatorError

Mount = Callable[[web.Application], None]
"""Adds the routes of one part (a page, a platform's webhook) to the server."""


def application(
    trouble: Callable[[], Awaitable[str]], mounts: tuple[Mount, ...] = ()
) -> web.Application:
    """Return the server with /healthz (it is up) and /readyz (200 if it takes work, else 503 with
    the reason, which `trouble` finds; "" if there is none)."""
    app = web.Application(client_max_size=8 * 1024 * 1024)

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


async def listen(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Start serving; raise OperatorError for a taken port or a wrong address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as fault:
        await runner.cleanup()
        other = port + 1 if port else 8081
        raise OperatorError(say("http.taken", host=host, port=port, other=other)) from fault
    return runner
