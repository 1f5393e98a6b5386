"""Files that members send to the bot: WeCom keeps them for five minutes, encrypted."""

import secrets

import aiohttp

from bot.adapters.wecom.crypto import Forged, opened_file
from bot.adapters.wecom.decode import Document
from commands.chat.errors import Refused, Retry
from commands.chat.messages import MAX_FILE, File
from scoring.errors import OperatorError

DOWNLOAD = 20.0
"""Seconds a download may take."""

LIMIT = MAX_FILE + 32
"""Most bytes of an encrypted file, padding included."""


async def fetched(document: Document) -> File:
    """Fetch and decrypt a file; raise Refused if it is too big, Retry if it cannot be had."""
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
    except (Forged, OperatorError) as wrong:  # not sealed with this key, or the key is none
        raise Retry(f"file: {type(wrong).__name__}") from wrong
    if len(plain) > MAX_FILE:
        raise Refused("file too big")
    return File(name=name or f"file-{secrets.token_hex(3)}", data=plain)
