"""The address that WeCom calls back: who is no caller of ours gets one answer and has no effect.

Both kinds of callback come through here, the bot's JSON and the app's XML. A call is believed
when its size, its time and its signature hold; it is answered 200 only after what it says is
committed, so that WeCom calls again when it could not be.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from xml.etree import ElementTree as ET

from aiohttp import web

from bot.adapters.wecom.crypto import Forged, Seal
from scoring.moments import Instant

MAX_BODY = 1024 * 1024
STALE_AFTER = 300
"""Seconds that a call may be old, or ahead: WeCom repeats one within fifteen."""

log = logging.getLogger("promobot.wecom")

OnCall = Callable[[bytes, str, str], Awaitable[bytes]]
"""Takes an opened message, its time stamp and its nonce; gives the body of the answer."""


class Malformed(Exception):
    """Signed by WeCom's key and yet not as WeCom writes it."""


def routes(
    path: str,
    seal: Seal,
    unwrap: Callable[[bytes], str],
    on_call: OnCall,
    now: Callable[[], Instant],
) -> list[web.RouteDef]:
    """The routes of one address. `unwrap` finds the sealed text in a body, or raises ValueError."""

    async def verify(request: web.Request) -> web.Response:
        """WeCom asks, when the address is entered in its console, whether we hold the key."""
        try:
            plain = _opened(request, request.query.get("echostr", ""), seal, now())
        except Forged:
            return web.Response(status=403)
        return web.Response(body=plain, content_type="text/plain")

    async def call(request: web.Request) -> web.Response:
        if (request.content_length or 0) > MAX_BODY:
            return web.Response(status=413)
        body = await request.content.read(MAX_BODY + 1)
        while len(body) <= MAX_BODY and not request.content.at_eof():
            body += await request.content.read(MAX_BODY + 1 - len(body))
        if len(body) > MAX_BODY:
            return web.Response(status=413)
        try:
            plain = _opened(request, unwrap(body), seal, now())
            stamp, nonce = request.query["timestamp"], request.query["nonce"]
            return web.Response(body=await on_call(plain, stamp, nonce))
        except Forged:
            return web.Response(status=403)
        except (Malformed, ValueError):
            return web.Response(status=400)
        except Exception:
            log.exception("wecom call could not be kept; it will come again")
            return web.Response(status=503)

    return [web.get(path, verify), web.post(path, call)]


def _opened(request: web.Request, sealed: str, seal: Seal, now: Instant) -> bytes:
    query = request.query
    stamp = query.get("timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise Forged("time")
    plain = seal.open(query.get("msg_signature", ""), stamp, query.get("nonce", ""), sealed)
    if abs(now - int(stamp)) > STALE_AFTER:
        raise Forged("time")
    return plain


def sealed_in_json(body: bytes) -> str:
    """The sealed text of a bot's call."""
    match json.loads(body):
        case {"encrypt": str(sealed)}:
            return sealed
    raise ValueError("no sealed text")


def sealed_in_xml(body: bytes) -> str:
    """The sealed text of an app's call."""
    return fields_of(body).get("Encrypt", "")


def fields_of(xml: bytes) -> dict[str, str]:
    """The flat fields of a message in XML, those of inner elements by their path. Whoever
    declares a document type or an entity wants something else than to write."""
    if b"<!" in xml.replace(b"<![CDATA[", b""):
        raise ValueError("a declaration")
    try:
        root = ET.fromstring(xml)  # noqa: S314 - declarations, and with them entities, are refused
    except ET.ParseError as wrong:
        raise ValueError("no XML") from wrong
    found: dict[str, str] = {}
    _gather(root, "", found)
    return found


def _gather(element: ET.Element, path: str, found: dict[str, str]) -> None:
    for child in element:
        name = f"{path}{child.tag}"
        found.setdefault(name, child.text or "")
        _gather(child, f"{name}/", found)
