"""A group's webhook, as a line: notices to its group, even if nobody there wrote to the bot."""

import asyncio
import base64
import hashlib
from collections import deque
from urllib.parse import quote

import aiohttp

from bot.adapters.bodies import json_object
from bot.adapters.wecom import encode
from bot.adapters.wecom.api import ADDRESS, TIMEOUT
from bot.adapters.wecom.decode import Document
from bot.adapters.wecom.errors import fault
from bot.adapters.wecom.line import Asked, Body, Hear, Reach, Stale
from commands.chat.errors import Retry, Unreachable
from commands.chat.messages import Chat, File

PER_MINUTE = 20
"""Messages that a webhook takes per minute; more are refused, and then for longer."""

MAX_IMAGE = 2 * 1024 * 1024


class Webhook:
    """A `Line` that only writes, to the group of this key."""

    paper = encode.WEBHOOK
    reach: Reach = frozenset({"group", "files"})

    def __init__(self, key: str, address: str = ADDRESS) -> None:
        self._key = key
        self._address = address
        self._sent: deque[float] = deque(maxlen=PER_MINUTE)

    async def run(self, hear: Hear) -> None:
        """See `Line`; nothing ever comes this way."""
        await asyncio.Event().wait()

    async def answer(self, asked: Asked, body: Body) -> None:
        """See `Line`; nobody can be answered this way."""
        raise Stale("a webhook does not answer")

    async def push(self, chat: Chat, body: Body, *, once: int = 0) -> None:
        """See `Line`."""
        if not chat.group:
            raise Unreachable("a webhook writes to its group")
        now = asyncio.get_running_loop().time()
        if len(self._sent) == PER_MINUTE and self._sent[0] > now - 60:
            raise Retry("webhook: a minute's worth is sent", self._sent[0] + 60 - now)
        self._sent.append(now)
        await self._post("send", json=body)

    async def picture(self, document: Document) -> bytes:
        """See `Line`; nothing comes over a webhook."""
        raise Retry("a webhook only writes")

    async def uploaded(self, file: File) -> Body:
        """See `Line`; a picture is shown as one."""
        if file.name.lower().endswith(encode.PICTURES) and len(file.data) <= MAX_IMAGE:
            mark = hashlib.md5(file.data, usedforsecurity=False).hexdigest()
            picture = {"base64": base64.b64encode(file.data).decode(), "md5": mark}
            return {"msgtype": "image", "image": picture}
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("media", file.data, filename=file.name)
        said = await self._post("upload_media", "&type=file", data=form)
        return {"msgtype": "file", "file": {"media_id": said["media_id"]}}

    async def _post(self, action: str, more: str = "", **given: object) -> Body:
        url = f"{self._address}/cgi-bin/webhook/{action}?key={quote(self._key)}{more}"
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session,
                session.post(url, **given) as response,  # type: ignore[arg-type]
            ):
                said = json_object(await response.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # Not chained: the cause's text contains the URL, and with it the key.
            raise Retry(f"webhook: {type(error).__name__}") from None
        if code := int(said.get("errcode") or 0):
            raise fault(code, str(said.get("errmsg", "")))
        return said
