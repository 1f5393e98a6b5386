"""Our HTTP server for attacks: the process's own, with every door of every platform mounted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from bot.adapters.telegram import TelegramAdapter, Webhook
from bot.adapters.wecom import App, Called, Seal, WecomAdapter
from bot.playground.pages.views import PersonView
from bot.playground.web import WebPage
from bot.process.http import application, listen
from commands.chat.messages import Incoming
from tests.emulators.loopback import START
from tests.emulators.wecom_caller import AES_KEY, AGENT, APP_TOKEN, CORP, TOKEN

SECRET = "a-secret_of-the-webhook"
LI = PersonView(account="u-li", name="李雪", unit="信息工程系", roles=("教师",))


async def _fine() -> str:
    return ""


class Nowhere:
    """An API or driver that is never called."""

    async def close(self) -> None:
        pass

    async def call(self, method: str, **params: object) -> object:
        return {"username": "XuanchuanBot", "url": ""} if method != "getUpdates" else []


@dataclass
class Doors:
    """`url` leads to the server; `heard` is what came through."""

    url: str = ""
    port: int = 0
    heard: list[Incoming] = field(default_factory=list)
    bot_seal: Seal = field(default_factory=lambda: Seal(TOKEN, AES_KEY, ""))
    app_seal: Seal = field(default_factory=lambda: Seal(APP_TOKEN, AES_KEY, CORP))
    now: int = START + 3600

    async def receive(self, incoming: Incoming) -> None:
        self.heard.append(incoming)

    def query(self, seal: Seal, sealed: str, nonce: str = "n") -> dict[str, str]:
        stamp = str(self.now)
        signature = seal.signature(stamp, nonce, sealed)
        return {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}

    async def post(
        self, path: str, body: bytes, query: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, bytes]:
        shown = {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}{path}", data=body, params=query, headers=shown) as response,
        ):
            return response.status, await response.read()

    async def to_app(self, xml: bytes, nonce: str = "n") -> int:
        sealed = self.app_seal.seal(xml)
        wrapped = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
        status, _ = await self.post("/wecom/app", wrapped, self.query(self.app_seal, sealed, nonce))
        return status

    async def to_bot(self, plain: bytes, nonce: str = "n") -> int:
        sealed = self.bot_seal.seal(plain)
        wrapped = f'{{"encrypt": "{sealed}"}}'.encode()
        status, _ = await self.post("/wecom/bot", wrapped, self.query(self.bot_seal, sealed, nonce))
        return status

    async def raw(self, said: bytes, *, wait: float = 5.0) -> bytes:
        """Send bytes as they are; return what comes until the server hangs up or is silent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        got = b""
        try:
            writer.write(said)
            async with asyncio.timeout(wait):
                while b"\r\n\r\n" not in got and (more := await reader.read(65_536)):
                    got += more
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()
        return got


@asynccontextmanager
async def doors() -> AsyncIterator[Doors]:
    """All doors at one port, with everybody listening."""
    found = Doors()
    telegram = TelegramAdapter(
        Nowhere(),  # type: ignore[arg-type]
        webhook=Webhook("https://bot.school.example/telegram/webhook", SECRET),
        now=lambda: found.now,
    )
    wecom = WecomAdapter(
        [
            Called(found.bot_seal, AES_KEY, ("宣传助手",), now=lambda: found.now, wait=0.05),
            App(Nowhere(), AGENT, found.app_seal, now=lambda: found.now),  # type: ignore[arg-type]
        ],
        now=lambda: found.now,
    )
    page = WebPage(people=lambda: [LI], now=lambda: found.now)
    mounts: list[Callable[[web.Application], None]] = [telegram.mount, wecom.mount, page.mount]
    runner = await listen(application(_fine, tuple(mounts)), "127.0.0.1", 0)
    found.port = runner.addresses[0][1]
    found.url = f"http://127.0.0.1:{found.port}"
    running = [asyncio.create_task(one.run(found.receive)) for one in (telegram, wecom, page)]
    await asyncio.sleep(0.01)
    try:
        yield found
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await runner.cleanup()
