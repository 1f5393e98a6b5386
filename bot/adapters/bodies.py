"""Reading what anybody may post: bounded in size and time, never inflated, one way to refuse."""

import asyncio
import json
from typing import Any

from aiohttp import http_exceptions, web

READ = 10.0
"""Seconds in which a body must have come."""


class Unread(Exception):
    """A body is refused; `status` is the HTTP status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def check(request: web.Request, limit: int) -> None:
    """Raise Unread for a body that will not be read, judging by the headers alone."""
    codings = request.headers.getall("Content-Encoding", ())
    if any(coding.strip().lower() not in ("", "identity") for coding in codings):
        raise Unread(415)
    if (request.content_length or 0) > limit:
        raise Unread(413)


async def body_of(request: web.Request, limit: int) -> bytes:
    """Return the body; raise Unread if it is compressed, too long, too slow or broken."""
    check(request, limit)
    found = bytearray()
    try:
        async with asyncio.timeout(READ):
            async for chunk in request.content.iter_any():
                found += chunk
                if len(found) > limit:
                    raise Unread(413)
    except TimeoutError:
        raise Unread(408) from None
    except (web.RequestPayloadError, http_exceptions.HttpProcessingError):
        raise Unread(400) from None
    return bytes(found)


def json_object(raw: bytes | str) -> dict[str, Any]:
    """Parse a JSON object; raise ValueError for anything else, however deep or long."""
    try:
        # Not orjson: it refuses lone surrogates, and Telegram would repeat the update for ever.
        found = json.loads(raw)
    except RecursionError:
        raise ValueError("too deep") from None
    if isinstance(found, dict):
        return found
    raise ValueError("no object")
