"""The bot over its long connection, as a line: what it receives is kept here until committed,
because WeCom does not repeat it."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence

from bot.adapters.wecom import encode
from bot.adapters.wecom.decode import Decoded, Document, decode
from bot.adapters.wecom.files import fetched
from bot.adapters.wecom.line import Asked, Body, Hear, Reach, What
from bot.adapters.wecom.socket import Socket, back_off
from commands.chat.messages import Chat, File
from scoring.moments import Instant

log = logging.getLogger("promobot.wecom")

CHUNK = 512 * 1024
ANSWERS: dict[What, str] = {
    "message": "aibot_respond_msg",
    "welcome": "aibot_respond_welcome_msg",
    "press": "aibot_respond_update_msg",
}


class Connected:
    """A `Line` over a `Socket`. `names`: the names of the bot; `now`: the clock for time of
    receipt."""

    paper = encode.BOT
    reach: Reach = frozenset({"private", "group", "files"})

    def __init__(
        self,
        socket: Socket,
        names: Sequence[str],
        *,
        now: Callable[[], Instant],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._socket = socket
        self._names = tuple(names)
        self._now = now
        self._pause = pause
        self._queues: dict[Chat, asyncio.Task[None]] = {}

    @property
    def failures(self) -> int:
        """Connections in a row that failed."""
        return self._socket.failures

    async def run(self, hear: Hear) -> None:
        """See `Line`; chats in parallel, each in order."""

        async def on_frame(command: str, request: str, body: Body) -> None:
            self._take(request, body, hear)

        try:
            await self._socket.run(on_frame)
        finally:
            for queue in self._queues.values():
                queue.cancel()
            await asyncio.gather(*self._queues.values(), return_exceptions=True)

    async def answer(self, asked: Asked, body: Body) -> None:
        """See `Line`."""
        await self._socket.call(ANSWERS[asked.what], body, answering=asked.request)

    async def push(self, chat: Chat, body: Body, *, once: int = 0) -> None:
        """See `Line`; only where somebody has written to the bot before."""
        kind = 2 if chat.group else 1
        await self._socket.call("aibot_send_msg", {"chatid": chat.id, "chat_type": kind, **body})

    async def picture(self, document: Document) -> bytes:
        """See `Line`."""
        return (await fetched(document)).data

    async def uploaded(self, file: File) -> Body:
        """See `Line`; WeCom keeps the file for three days."""
        kind = encode.media(file)
        pieces = [file.data[at : at + CHUNK] for at in range(0, len(file.data), CHUNK)] or [b""]
        begun = await self._socket.call(
            "aibot_upload_media_init",
            {
                "type": kind,
                "filename": file.name,
                "total_size": len(file.data),
                "total_chunks": len(pieces),
            },
        )
        for index, piece in enumerate(pieces):
            chunk = {
                "upload_id": begun["upload_id"],
                "chunk_index": index,
                "base64_data": b64encode(piece).decode(),
            }
            await self._socket.call("aibot_upload_media_chunk", chunk)
        finish = {"upload_id": begun["upload_id"]}
        done = await self._socket.call("aibot_upload_media_finish", finish)
        return {"msgtype": kind, kind: {"media_id": done["media_id"]}}

    def _take(self, request: str, body: Body, hear: Hear) -> None:
        try:
            decoded = decode(body, names=self._names, received_at=self._now())
        except Exception as error:  # decoding is pure: it is not as WeCom describes it
            log.error("wecom message not understood: %s", type(error).__name__)  # noqa: TRY400 - a trace could hold words
            return
        if decoded is None:
            log.info("wecom message passed over: %s", str(body.get("msgtype"))[:40])
            return
        asked = Asked(line=self, request=request, what=decoded.what, at=self._now())
        chat = decoded.incoming.chat
        task = asyncio.create_task(self._in_order(self._queues.get(chat), decoded, asked, hear))
        self._queues[chat] = task
        task.add_done_callback(lambda done: self._leave(chat, done))

    def _leave(self, chat: Chat, done: "asyncio.Task[None]") -> None:
        if self._queues.get(chat) is done:
            del self._queues[chat]

    async def _in_order(
        self, before: "asyncio.Task[None] | None", decoded: Decoded, asked: Asked, hear: Hear
    ) -> None:
        """Hand in a message after earlier ones of its chat; retry until it is committed."""
        if before is not None:
            await asyncio.wait([before])
        failures = 0
        while True:
            try:
                await hear(decoded, asked)
            except Exception as error:
                # The database may be unreachable; nobody else keeps this message.
                failures += 1
                log.warning("wecom message waits, %d failures: %s", failures, type(error).__name__)
                await self._pause(back_off(failures))
            else:
                return
