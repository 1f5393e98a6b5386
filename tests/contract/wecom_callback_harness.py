"""WeCom by callback for tests: our server with the three lines mounted, and the service calling."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.adapters.wecom import Api, App, Called, Seal, Webhook, WecomAdapter
from tests.emulators.wecom_bot import NAME
from tests.emulators.wecom_caller import (
    AES_KEY,
    AGENT,
    APP_SECRET,
    APP_TOKEN,
    CORP,
    TOKEN,
    WEBHOOK,
    WecomCaller,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Our side and theirs."""

    service: WecomCaller
    adapter: WecomAdapter
    api: Api


@asynccontextmanager
async def site(now: Callable[[], int], *, wait: float = 0.3) -> AsyncIterator[Site]:
    """The bot's callback, the app and the webhook on a loopback server; `wait`: for an answer."""
    service = WecomCaller(now=now)
    await service.start()
    api = Api(CORP, APP_SECRET, "app", service.base, now=now)
    called = Called(Seal(TOKEN, AES_KEY, ""), AES_KEY, (NAME,), now=now, wait=wait)
    app = App(api, AGENT, Seal(APP_TOKEN, AES_KEY, CORP), now=now)
    adapter = WecomAdapter([called, app, Webhook(WEBHOOK, service.base)], now=now)
    server = web.Application()
    adapter.mount(server)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.target = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield Site(service=service, adapter=adapter, api=api)
    finally:
        await service.quiet()
        await api.close()
        await runner.cleanup()
        await service.stop()
