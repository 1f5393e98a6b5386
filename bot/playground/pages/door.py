"""Request checks for a page that anybody at this machine may use, and nobody from elsewhere.

It promises: only requests to a loopback host name are served, so a stranger's name that resolves
to this machine opens nothing; only the page itself may write; a body is read up to its limit;
every refusal or failure is answered with one Chinese sentence, never a traceback.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from importlib import resources
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, StreamReader, web

from bot.wording import say
from commands.chat.messages import MAX_FILE, File
from scoring.errors import UserError

MAX_JSON = 64 * 1024
CHUNK = 64 * 1024
MAX_FIELD = 16 * 1024
MAX_FILE_NAME = 120

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

FILES = {
    "/": ("index.html", "text/html"),
    "/static/page.css": ("page.css", "text/css"),
    "/static/page.js": ("page.js", "text/javascript"),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger("promobot.page")


class NotDone(UserError):
    """A request is refused; the text is shown to the person, `status` is the HTTP status."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def guarded(handler: Handler) -> Handler:
    """Wrap a handler: refuse strangers, turn faults into sentences."""

    @wraps(handler)
    async def behind(request: web.Request) -> web.StreamResponse:
        try:
            _admit(request)
            response = await handler(request)
        except NotDone as refusal:
            response = _sentence(str(refusal), refusal.status)
        except web.HTTPException:
            raise
        except ConnectionError:
            raise
        except Exception:
            log.exception("page request failed", extra={"path": request.path})
            response = _sentence(say("door.failed"), 500)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return behind


def _sentence(text: str, status: int) -> web.Response:
    return web.json_response({"error": text}, status=status)


def _admit(request: web.Request) -> None:
    host = request.headers.get("Host", "")
    if not is_loopback(host):
        raise NotDone(say("door.only_here"), 421)
    if request.method == "POST" and not _is_own(request, host):
        raise NotDone(say("door.foreign"), 403)


def is_loopback(host: str) -> bool:
    """Return whether a Host header names this machine and nothing else."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _is_own(request: web.Request, host: str) -> bool:
    """Return whether a POST comes from our page; what sends no origin is no browser."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{host}"


def static(name: str, kind: str) -> Handler:
    """Return a handler for one file of the page, read once."""
    content = resources.files(__package__).joinpath(name).read_bytes()

    async def give(_: web.Request) -> web.Response:
        return web.Response(body=content, content_type=kind, charset="utf-8")

    return give


async def read_up_to(source: StreamReader | BodyPartReader, limit: int) -> bytes | None:
    """Return a whole body, or None if it is longer than the limit."""
    found = bytearray()
    read = source.read_chunk if isinstance(source, BodyPartReader) else source.read
    while chunk := await read(CHUNK):
        found += chunk
        if len(found) > limit:
            return None
    return bytes(found)


async def json_of(request: web.Request) -> dict[str, Any]:
    """Return the posted JSON object."""
    if request.content_type != "application/json":
        raise NotDone(say("door.not_json"), 415)
    body = await read_up_to(request.content, MAX_JSON)
    if body is None:
        raise NotDone(say("door.text_too_long"), 413)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotDone(say("door.not_object"))
    return found


def text_of(found: dict[str, Any], name: str) -> str:
    """Return a text of a posted object, "" if missing; lone surrogates become question marks."""
    value = found.get(name, "")
    if not isinstance(value, str):
        raise NotDone(say("door.not_text", name=name))
    return value.encode(errors="replace").decode()


async def form_of(request: web.Request) -> tuple[dict[str, str], File | None]:
    """Return the texts and the file of an upload, each read up to its limit."""
    fields: dict[str, str] = {}
    file = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            is_file = part.name == "file"
            data = await read_up_to(part, MAX_FILE if is_file else MAX_FIELD)
            if data is None:
                fault = "door.file_too_big" if is_file else "door.text_too_long"
                raise NotDone(say(fault), 413)
            if is_file:
                file = File(name=file_name(part.filename or ""), data=data)
            else:
                fields[part.name] = data.decode(errors="replace")
    except ValueError:
        raise NotDone(say("door.file_incomplete")) from None
    return fields, file


def file_name(written: str) -> str:
    """Return the last part of a file name without control characters, never empty."""
    last = written.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if sign.isprintable())[-MAX_FILE_NAME:]
    return kept.encode(errors="replace").decode().strip(". ") or "文件"
