"""The adapter: only what translates."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp

from bot.adapters.parts import octets, parts
from commands.chat.errors import Refused, Retry, Unreachable
from commands.chat.messages import (
    MAX_BUTTON,
    Capabilities,
    Chat,
    Incoming,
    Outgoing,
    Receipt,
    Receive,
)
from scoring.moments import Instant

NAME = "throwaway"
LIMIT = 4_000
CALLED = "宣传助手: "

CAPABILITIES = Capabilities(
    buttons=True,
    edit=True,
    delete=True,
    files=True,
    private_push=True,
    group_push=True,
    needs_mention=False,
    text_limit=LIMIT,
    text_unit="utf8",
    per_minute=60,
)

Json = dict[str, Any]


class Throwaway:
    """See `Adapter`. `base`: the service's address; `pause`: waits after a fault."""

    name = NAME
    capabilities = CAPABILITIES

    def __init__(
        self,
        base: str,
        token: str,
        *,
        now: Callable[[], Instant] = lambda: int(time.time()),
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._base, self._now, self._pause = base, now, pause
        self._headers = {"Authorization": f"Bearer {token}"}
        self._lines: aiohttp.ClientSession | None = None

    async def run(self, receive: Receive) -> None:
        """See `Adapter`; the read mark moves once an event's effects are committed."""
        while True:
            try:
                for event in (await self._call("GET", "/sync"))["events"]:
                    if event["sender"] != CALLED.removesuffix(": "):
                        await receive(self._read(event))
                    await self._call("POST", f"/read/{event['position']}")
            except Exception:
                await self._pause(1.0)

    async def send(self, message: Outgoing) -> Receipt:
        """See `Adapter`; a message is sent once by its key, so whatever is in doubt may be sent
        again."""
        if not message.text.strip() and not message.files:
            raise Refused("an empty message")
        if any(len(one.says.encode()) > MAX_BUTTON for row in message.buttons for one in row):
            raise Refused("a choice that says too much")
        room = f"/rooms/{message.chat.id}"
        for gone in message.deletes:
            try:
                await self._call("DELETE", f"{room}/events/{gone}")
            except Refused:
                continue
        sent: Json = {}
        for number, body in enumerate(self._bodies(message)):
            sent = await self._call("PUT", f"{room}/send/{message.key}.{number}", json=body)
        for number, file in enumerate(message.files):
            address = (await self._call("POST", "/media", data=file.data))["address"]
            body = {"body": file.name, "file": [file.name, address], "choices": []}
            sent = await self._call("PUT", f"{room}/send/{message.key}.f{number}", json=body)
        return Receipt(message=str(sent["id"]))

    async def close(self) -> None:
        """Leave nothing open."""
        if self._lines is not None:
            await self._lines.close()

    def _bodies(self, message: Outgoing) -> Iterator[Json]:
        texts = parts(message.text, LIMIT, octets)
        choices = [[[one.label, one.says] for one in row] for row in message.buttons]
        for place, text in enumerate(texts, 1):
            yield {
                "body": text,
                "replaces": message.edits if place == 1 else "",
                "choices": choices if place == len(texts) else [],
            }

    def _read(self, event: Json) -> Incoming:
        room, now = str(event["room"]), max(self._now(), int(event["at"]))
        pressed = bool(event["of"])
        return Incoming(
            update=str(event["id"]),
            chat=Chat(platform=NAME, id=room, group=not room.startswith("!@")),
            author=str(event["sender"]).removeprefix("@"),
            sent_at=now if pressed else int(event["at"]),
            received_at=now,
            text=str(event["body"]).removeprefix(CALLED if event["mention"] else ""),
            message=str(event["of"] or event["id"]),
            press=str(event["chosen"]) if pressed else None,
            addressed=bool(event["mention"] or event["quote"]),
            quote=str(event["quote"]),
        )

    async def _call(self, method: str, path: str, **body: Any) -> Json:
        if self._lines is None:
            self._lines = aiohttp.ClientSession(headers=self._headers)
        try:
            async with self._lines.request(method, self._base + path, **body) as response:
                if response.status == 403:
                    raise Unreachable("not in this room")
                if 400 <= response.status < 500:
                    raise Refused(f"status {response.status}")
                found: Json = await response.json()
                return found
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Retry(type(error).__name__) from error
