"""Files that members send to the bot: they lie at WeCom for five minutes, sealed."""

import secrets

import aiohttp

from bot.adapters.wecom.crypto import Forged, opened_file
from bot.adapters.wecom.decode import Document
from commands.chat.errors import Refused, Retry
from commands.chat.messages import MAX_FILE, File

DOWNLOAD = 20.0
"""Seconds."""

LIMIT = MAX_FILE + 32
"""Bytes of a sealed file: its padding comes on top."""


async def fetched(document: Document) -> File:
    """The file, opened; Refused when it is too big, Retry when it cannot be had."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DOWNLOAD)) as session,
            session.get(document.url) as response,
        ):
            response.raise_for_status()
            data = b""
            async for chunk in response.content.iter_chunked(1 << 16):
                data += chunk
                if len(data) > LIMIT:
                    raise Refused("file too big")
            disposition = response.content_disposition
    except (aiohttp.ClientError, TimeoutError) as fault:
        raise Retry(f"file: {type(fault).__name__}") from fault
    name = disposition.filename if disposition and disposition.filename else ""
    try:
        plain = opened_file(data, document.key)
    except Forged as wrong:
        raise Retry(f"file: {wrong}") from wrong
    return File(name=name or f"file-{secrets.token_hex(3)}", data=plain)
