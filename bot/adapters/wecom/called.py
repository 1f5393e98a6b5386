"""The bot through its callback, as a line: answers in the response to the call, once more through
the URL that came with it, and never writes first.

WeCom waits five seconds. What is ready by then is the passive answer; the next, or a late one,
goes to the `response_url`, which takes one message within an hour.
"""

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from bot.adapters.bodies import json_object
from bot.adapters.wecom import encode
from bot.adapters.wecom.crypto import Seal
from bot.adapters.wecom.decode import Decoded, Document, decode
from bot.adapters.wecom.door import Malformed, routes, sealed_in_json
from bot.adapters.wecom.errors import fault
from bot.adapters.wecom.files import fetched
from bot.adapters.wecom.line import Asked, Body, Hear, Reach, Stale
from commands.chat.errors import Refused, Unreachable
from commands.chat.messages import Chat, File
from scoring.moments import HOUR, Instant

PATH = "/wecom/bot"
WAIT = 4.0
"""Seconds in which an answer can still be passive."""

LATE = 10.0
KEPT = 5_000


class Called:
    """A `Line` behind a callback address. `names`: the names of the bot."""

    paper = encode.BOT
    reach: Reach = frozenset()

    def __init__(
        self,
        seal: Seal,
        aes_key: str,
        names: Sequence[str],
        *,
        now: Callable[[], Instant],
        wait: float = WAIT,
    ) -> None:
        self._seal = seal
        self._aes_key = aes_key
        self._names = tuple(names)
        self._now = now
        self._wait = wait
        self._hear: asyncio.Future[Hear] | None = None
        self._open: dict[str, Call] = {}
        self._spent: OrderedDict[str, None] = OrderedDict()

    def mount(self, app: Any) -> None:
        """Add the callback's routes to the HTTP server."""
        app.router.add_routes(routes(PATH, self._seal, sealed_in_json, self._on_call, self._now))

    async def run(self, hear: Hear) -> None:
        """See `Line`; before this runs, calls are answered 503 and repeated."""
        self._ready().set_result(hear)
        try:
            await asyncio.Event().wait()
        finally:
            self._hear = None

    async def answer(self, asked: Asked, body: Body) -> None:
        """See `Line`: the passive answer while the call is open, then once through its URL."""
        call = self._open.get(asked.request)
        if call is not None and not call.answer.done():
            call.answer.set_result(_passive(body))
            return
        if asked.what == "press" and "response_type" in body:
            raise Stale("the call is over")
        if not asked.reply or asked.request in self._spent or self._now() - asked.at > HOUR:
            raise Stale("no way back")
        self._spend(asked.request)
        await _post(asked.reply, body)

    async def push(self, chat: Chat, body: Body, *, once: int = 0) -> None:
        """See `Line`; a callback never writes first."""
        raise Unreachable("the callback only answers")

    async def picture(self, document: Document) -> bytes:
        """See `Line`."""
        return (await fetched(document)).data

    async def uploaded(self, file: File) -> Body:
        """See `Line`; a callback takes no files."""
        raise Stale("the callback takes no files")

    def _ready(self) -> "asyncio.Future[Hear]":
        if self._hear is None:
            self._hear = asyncio.get_running_loop().create_future()
        return self._hear

    async def _on_call(self, plain: bytes, stamp: str, nonce: str) -> bytes:
        body = json_object(plain)
        if self._hear is None or not self._hear.done():
            raise RuntimeError("not listening yet")
        try:
            decoded = decode(body, names=self._names, received_at=self._now())
        except Exception as wrong:  # decoding is pure: it is not as WeCom describes it
            raise Malformed from wrong
        if decoded is None:
            return b""
        decoded = self._keyed(decoded)
        request = str(body["msgid"])
        asked = Asked(
            line=self,
            request=request,
            what=decoded.what,
            at=self._now(),
            reply=str(body.get("response_url", "")),
        )
        call = self._open.get(request)
        if call is None:
            hearing = asyncio.ensure_future(self._hear.result()(decoded, asked))
            call = self._open[request] = Call(hearing=hearing)
        said = await self._answer_of(request, call)
        if said is None:
            return b""
        sealed = self._seal.seal(json.dumps(said, ensure_ascii=False).encode())
        signature = self._seal.signature(stamp, nonce, sealed)
        answer = {
            "encrypt": sealed,
            "msgsignature": signature,
            "timestamp": int(stamp),
            "nonce": nonce,
        }
        return json.dumps(answer).encode()

    def _keyed(self, decoded: Decoded) -> Decoded:
        """The same with the key of this address for its files, which have none of their own."""
        document = decoded.document and replace(decoded.document, key=self._aes_key)
        pictures = tuple(replace(one, key=self._aes_key) for one in decoded.pictures)
        return replace(decoded, document=document, pictures=pictures)

    async def _answer_of(self, request: str, call: "Call") -> Body | None:
        """Wait for the answer to a call that WeCom may have made several times; None if it is kept
        and the answer comes later. Raises what hearing it raised, or TimeoutError."""
        call.waiting += 1
        try:
            async with asyncio.timeout(self._wait):
                await asyncio.shield(call.hearing)
                return await asyncio.shield(call.answer)
        except TimeoutError:
            if not call.hearing.done():
                raise
            return None
        finally:
            call.waiting -= 1
            if not call.waiting:
                call.hearing.cancel()
                self._open.pop(request, None)

    def _spend(self, request: str) -> None:
        self._spent[request] = None
        while len(self._spent) > KEPT:
            self._spent.popitem(last=False)


@dataclass(slots=True)
class Call:
    """A call in work: hearing it, its answer, and how many times WeCom waits for that."""

    hearing: asyncio.Future[None]
    answer: asyncio.Future[Body] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    waiting: int = 0


def _passive(body: Body) -> Body:
    """Return a body as a passive answer: Markdown must be a finished stream there."""
    if body.get("msgtype") != "markdown":
        return body
    content = body["markdown"]["content"]
    stream = {"id": secrets.token_hex(8), "finish": True, "content": content}
    return {"msgtype": "stream", "stream": stream}


async def _post(address: str, body: Body) -> None:
    """Post to a one-time URL; if the outcome is unclear, raise Refused, so it is not repeated."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=LATE)) as session,
            session.post(address, json=body) as response,
        ):
            said = json_object(await response.read())
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Refused(f"late answer: {type(error).__name__}") from error
    if code := int(said.get("errcode") or 0):
        raise fault(code, str(said.get("errmsg", "")))
