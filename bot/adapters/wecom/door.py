"""The addresses that WeCom calls; calls by others have no effect and learn nothing.

Both kinds of callback come here, the bot's JSON and the app's XML. A call is accepted if its
size, time and signature are right; what can be judged by the address is, before a body is read.
It is answered 200 only after it is committed, so that WeCom
repeats what could not be.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.adapters.bodies import Unread, body_of, check, json_object
from bot.adapters.wecom.crypto import Forged, Seal
from bot.adapters.wecom.fields import fields_of
from scoring.moments import Instant

MAX_BODY = 1024 * 1024
STALE_AFTER = 300
"""Most seconds a call may be old or ahead of time: WeCom repeats one within fifteen."""

REMEMBERED = 20_000
"""Signatures of kept calls that are recognised when they come again."""

_SIGNATURE = re.compile("[0-9a-f]{40}")

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

    answered: OrderedDict[str, None] = OrderedDict()

    async def verify(request: web.Request) -> web.Response:
        """Prove to WeCom that we have the key, when the address is saved in its console."""
        try:
            _plausible(request, now())
            plain = _opened(request, request.query.get("echostr", ""), seal)
        except (Forged, ValueError):
            return web.Response(status=403)
        return web.Response(body=plain, content_type="text/plain")

    async def call(request: web.Request) -> web.Response:
        try:
            check(request, MAX_BODY)
            _plausible(request, now())
            body = await body_of(request, MAX_BODY)
            plain = _opened(request, unwrap(body), seal)
            query = request.query
            if (signature := query["msg_signature"]) in answered:
                return web.Response()  # a replay, or a retry of what is kept already
            answer = await on_call(plain, query["timestamp"], query["nonce"])
        except Unread as refused:
            return web.Response(status=refused.status)
        except Forged:
            return web.Response(status=403)
        except (Malformed, ValueError):
            return web.Response(status=400)
        except Exception:
            log.exception("wecom call could not be kept; it will come again")
            return web.Response(status=503)
        answered[signature] = None
        while len(answered) > REMEMBERED:
            answered.popitem(last=False)
        return web.Response(body=answer)

    return [web.get(path, verify), web.post(path, call)]


def _plausible(request: web.Request, now: Instant) -> None:
    """Raise Forged for a call that cannot be WeCom's, before its body is read."""
    query = request.query
    stamp = query.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Forged("time")
    if abs(now - int(stamp)) > STALE_AFTER:
        raise Forged("time")
    if not _SIGNATURE.fullmatch(query.get("msg_signature", "")):
        raise Forged("signature")


def _opened(request: web.Request, sealed: str, seal: Seal) -> bytes:
    query = request.query
    stamp, nonce = query["timestamp"], query.get("nonce", "")
    return seal.open(query["msg_signature"], stamp, nonce, sealed)


def sealed_in_json(body: bytes) -> str:
    """Return the encrypted text of a bot's call."""
    match json_object(body):
        case {"encrypt": str(sealed)}:
            return sealed
    raise ValueError("no sealed text")


def sealed_in_xml(body: bytes) -> str:
    """Return the encrypted text of an app's call."""
    return fields_of(body).get("Encrypt", "")
