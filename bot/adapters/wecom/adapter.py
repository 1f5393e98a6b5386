"""WeCom's bot as the inside sees it: what comes over its connection, and sending.

A message that has arrived is kept here until it is committed, for WeCom does not send it again.
An answer goes to what it answers while WeCom still knows that, else as a message of its own; a
card that was just pressed turns into its answer, later ones are new messages.
"""

import asyncio
import logging
import secrets
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import aiohttp

from bot.adapters.wecom import encode
from bot.adapters.wecom.crypto import Forged, opened_file
from bot.adapters.wecom.decode import PLATFORM, Decoded, Document, decode
from bot.adapters.wecom.errors import Stale
from bot.adapters.wecom.socket import Body, Socket, back_off
from commands.chat import MAX_FILE, Capabilities, Chat, File, Incoming, Outgoing, Receipt, Receive
from commands.errors import Refused, Retry
from scoring.errors import PlatformError
from scoring.moments import Instant

log = logging.getLogger("promobot.wecom")

FRESH = 4
"""Seconds in which a pressed card or an entered chat is still answered as such (WeCom: 5)."""

KEPT = 5_000
"""Messages remembered that can still be answered."""

CHUNK = 512 * 1024
DOWNLOAD = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What WeCom can be answered to: the request id, and what it was."""

    request: str
    command: str
    at: Instant


class WecomAdapter:
    """An `Adapter` over one connection. `names`: those the bot goes by in groups; `now`: the
    clock of receipts; `pause`: how it waits."""

    name = PLATFORM
    capabilities = Capabilities(
        buttons=True,
        edit=False,
        delete=False,
        files=True,
        private_push=True,
        group_push=True,
        needs_mention=True,
        text_limit=encode.MAX_BYTES,
        text_unit="utf8",
        per_minute=30,
    )

    def __init__(
        self,
        socket: Socket,
        names: Sequence[str] = (),
        *,
        now: Callable[[], Instant],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._socket = socket
        self._names = tuple(names)
        self._now = now
        self._pause = pause
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._lines: dict[Chat, asyncio.Task[None]] = {}
        self._halves: dict[str, int] = {}

    async def run(self, receive: Receive) -> None:
        """Hand in what comes until cancelled; see `commands.chat.Adapter`."""

        async def on_frame(command: str, request: str, body: Body) -> None:
            self._hear(request, body, receive)

        try:
            await self._socket.run(on_frame)
        finally:
            for line in self._lines.values():
                line.cancel()
            await asyncio.gather(*self._lines.values(), return_exceptions=True)

    # Receiving

    def _hear(self, request: str, body: Body, receive: Receive) -> None:
        try:
            decoded = decode(body, names=self._names, received_at=self._now())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            log.error("wecom message not understood: %s", type(error).__name__)  # noqa: TRY400 - a trace could hold words
            return
        if decoded is None:
            log.info("wecom message passed over: %s", body.get("msgtype"))
            return
        incoming = decoded.incoming
        asked = Asked(request, _answer_to(body), incoming.received_at)
        self._asked[incoming.message] = asked
        self._asked.move_to_end(incoming.message)
        while len(self._asked) > KEPT:
            self._asked.popitem(last=False)
        before = self._lines.get(incoming.chat)
        task = asyncio.create_task(self._in_line(before, decoded, receive))
        self._lines[incoming.chat] = task
        task.add_done_callback(lambda done: self._leave(incoming.chat, done))

    def _leave(self, chat: Chat, done: "asyncio.Task[None]") -> None:
        if self._lines.get(chat) is done:
            del self._lines[chat]

    async def _in_line(
        self, before: "asyncio.Task[None] | None", decoded: Decoded, receive: Receive
    ) -> None:
        """Behind what came earlier in the same chat; again until it is committed."""
        if before is not None:
            await asyncio.wait([before])
        incoming = await self._with_file(decoded)
        failures = 0
        while True:
            try:
                await receive(incoming)
            except Exception as error:
                # Perhaps the database is away; nobody else keeps this message.
                failures += 1
                log.warning("wecom message waits, %d failures: %s", failures, type(error).__name__)
                await self._pause(back_off(failures))
            else:
                return

    async def _with_file(self, decoded: Decoded) -> Incoming:
        incoming = decoded.incoming
        if decoded.document is None:
            return incoming
        try:
            file = await fetched(decoded.document)
        except Refused:
            return replace(incoming, file_too_big=True)
        except PlatformError as error:
            log.warning("wecom file not fetched: %s", error)
            return incoming
        return replace(incoming, file=file)

    # Sending

    async def send(self, message: Outgoing) -> Receipt:
        """Show the message; the receipt names its card. What broke off goes on, when tried again,
        behind the parts that WeCom has already taken."""
        shown = Receipt(message=message.edits or encode.task_of(message.key))
        if message.edits and await self._turned(message):
            return shown
        bodies = encode.bodies(message)
        done = self._halves.pop(message.key, 0)
        try:
            for body in bodies[done:]:
                await self._say(message, body)
                done += 1
            for file in message.files[max(0, done - len(bodies)) :]:
                await self._say(message, await self._uploaded(file))
                done += 1
        except (Retry, asyncio.CancelledError):
            if message.key and done:
                self._halves[message.key] = done
            raise
        return Receipt(message=encode.task_of(message.key))

    async def _turned(self, message: Outgoing) -> bool:
        """Whether the pressed card could still be turned into this text."""
        asked = self._asked.get(message.edits)
        if asked is None or self._now() - asked.at > FRESH or not encode.fits(message.text):
            return False
        title, _, rest = message.text.partition("\n")
        buttons = [button for row in message.buttons for button in row][: encode.MAX_BUTTONS]
        card = encode.card(title, rest, buttons, message.edits)
        body: Body = {"response_type": "update_template_card", "template_card": card}
        try:
            await self._socket.call("aibot_respond_update_msg", body, answering=asked.request)
        except Refused as error:
            log.info("wecom card not turned: %s", error)
            return False
        return True

    async def _say(self, message: Outgoing, body: Body) -> None:
        asked = self._asked.get(message.answers)
        if asked is not None and asked.command == "aibot_respond_msg":
            try:
                await self._socket.call(asked.command, body, answering=asked.request)
            except Stale:
                del self._asked[message.answers]
            else:
                return
        if asked is not None and asked.command == "aibot_respond_welcome_msg":
            del self._asked[message.answers]
            if self._now() - asked.at <= FRESH and body["msgtype"] in ("markdown", "template_card"):
                with_text = _as_text(body)
                await self._socket.call(asked.command, with_text, answering=asked.request)
                return
        kind = 2 if message.chat.group else 1
        await self._socket.call(
            "aibot_send_msg", {"chatid": message.chat.id, "chat_type": kind, **body}
        )

    async def _uploaded(self, file: File) -> Body:
        """A message that shows the file; WeCom keeps it for three days."""
        pieces = [file.data[at : at + CHUNK] for at in range(0, len(file.data), CHUNK)] or [b""]
        begun = await self._socket.call(
            "aibot_upload_media_init",
            {
                "type": "file",
                "filename": file.name,
                "total_size": len(file.data),
                "total_chunks": len(pieces),
            },
        )
        upload = begun["upload_id"]
        for index, piece in enumerate(pieces):
            chunk = {
                "upload_id": upload,
                "chunk_index": index,
                "base64_data": b64encode(piece).decode(),
            }
            await self._socket.call("aibot_upload_media_chunk", chunk)
        done = await self._socket.call("aibot_upload_media_finish", {"upload_id": upload})
        return {"msgtype": "file", "file": {"media_id": done["media_id"]}}


def _answer_to(body: Body) -> str:
    """The command that answers a message or an event."""
    if body.get("msgtype") != "event":
        return "aibot_respond_msg"
    entered = body["event"]["eventtype"] == "enter_chat"
    return "aibot_respond_welcome_msg" if entered else "aibot_respond_update_msg"


def _as_text(body: Body) -> Body:
    """A greeting may be a text or a card, not Markdown."""
    if body["msgtype"] != "markdown":
        return body
    return {"msgtype": "text", "text": body["markdown"]}


async def fetched(document: Document) -> File:
    """A file that a member sent, opened; Refused when it is too big, Retry when it is not there."""
    limit = MAX_FILE + 32
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DOWNLOAD)) as session,
            session.get(document.url) as response,
        ):
            response.raise_for_status()
            data = await response.content.read(limit + 1)
            while len(data) <= limit and not response.content.at_eof():
                data += await response.content.read(limit + 1 - len(data))
            disposition = response.content_disposition
    except (aiohttp.ClientError, TimeoutError) as fault:
        raise Retry(f"file: {type(fault).__name__}") from fault
    if len(data) > limit:
        raise Refused("file too big")
    name = disposition.filename if disposition and disposition.filename else ""
    try:
        plain = opened_file(data, document.key) if document.key else data
    except Forged as wrong:
        raise Retry(f"file: {wrong}") from wrong
    return File(name=name or f"file-{secrets.token_hex(3)}", data=plain)
