"""The addresses that WeCom calls; calls by others have no effect and learn nothing.

Both kinds of callback come here, the bot's JSON and the app's XML. A call is accepted if its
size, time and signature are right. It is answered 200 only after it is committed, so that WeCom
repeats what could not be.
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
"""Most seconds a call may be old or ahead of time: WeCom repeats one within fifteen."""

log = logging.getLogger("promobot.wecom")

OnCall = Callable[[bytes, str, str], Awaitable[bytes]]
"""Takes a decrypted message, its timestamp and nonce; returns the body of the answer."""


class Malformed(Exception):
    """A call is signed with WeCom's key, yet not in WeCom's format."""


def routes(
    path: str,
    seal: Seal,
    unwrap: Callable[[bytes], str],
    on_call: OnCall,
    now: Callable[[], Instant],
) -> list[web.RouteDef]:
    """Return the routes of one address. `unwrap` finds the encrypted text in a body, or raises
    ValueError."""

    async def verify(request: web.Request) -> web.Response:
        """Prove to WeCom that we have the key, when the address is saved in its console."""
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
    """Return the encrypted text of a bot's call."""
    match json.loads(body):
        case {"encrypt": str(sealed)}:
            return sealed
    raise ValueError("no sealed text")


def sealed_in_xml(body: bytes) -> str:
    """Return the encrypted text of an app's call."""
    return fields_of(body).get("Encrypt", "")


def fields_of(xml: bytes) -> dict[str, str]:
    """Return the fields of an XML message, inner elements by their path. Raises ValueError, also
    for document type and entity declarations, which WeCom never sends."""
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
