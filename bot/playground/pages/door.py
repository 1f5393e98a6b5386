"""Request checks for a page that anybody at this machine may use, and nobody from elsewhere.

It promises: only requests to a loopback host name are served, so a stranger's name that resolves
to this machine opens nothing; only the page itself may write; a body is read up to its limit;
every refusal or failure is answered with one Chinese sentence, never a traceback.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import wraps
from importlib import resources
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.adapters.bodies import Unread, body_of, json_object
from bot.adapters.forms import LongPart, parts_of
from bot.process.headers import headers
from bot.services.names import file_name
from bot.wording import say
from commands.chat.messages import File
from scoring.errors import UserError

MAX_JSON = 64 * 1024

HEADERS = headers({"connect-src": "'self'", "img-src": "'self' data:"}, cache="no-cache")

HERE = resources.files(__package__)
KINDS = {".css": "text/css", ".js": "text/javascript"}
STATIC = sorted(one.name for one in HERE.joinpath("static").iterdir() if not one.is_dir())
FILES = {
    "/": ("index.html", "text/html"),
    **{f"/static/{name}": (f"static/{name}", KINDS[name[name.index(".") :]]) for name in STATIC},
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
    content = HERE.joinpath(name).read_bytes()

    async def give(_: web.Request) -> web.Response:
        return web.Response(body=content, content_type=kind, charset="utf-8")

    return give


async def json_of(request: web.Request) -> dict[str, Any]:
    """Return the posted JSON object."""
    if request.content_type != "application/json":
        raise NotDone(say("door.not_json"), 415)
    try:
        return json_object(await body_of(request, MAX_JSON))
    except Unread as refused:
        fault = "door.text_too_long" if refused.status == 413 else "door.incomplete"
        raise NotDone(say(fault), refused.status) from None
    except ValueError:
        raise NotDone(say("door.not_object")) from None


def text_of(found: dict[str, Any], name: str) -> str:
    """Return a text of a posted object, "" if missing; lone surrogates become question marks."""
    value = found.get(name, "")
    if not isinstance(value, str):
        raise NotDone(say("door.not_text", name=name))
    return value.encode(errors="replace").decode()


async def form_of(request: web.Request) -> tuple[dict[str, str], File | None]:
    """Return the texts and the file of an upload, each read up to its limit."""
    try:
        fields, file = await parts_of(request)
    except LongPart as long:
        fault = "door.file_too_big" if long.file else "door.text_too_long"
        raise NotDone(say(fault), 413) from None
    except Unread as refused:
        fault = "door.file_too_big" if refused.status == 413 else "door.file_incomplete"
        raise NotDone(say(fault), refused.status) from None
    if file is not None:
        file = replace(file, name=file_name(file.name))
    return {name: said[-1] for name, said in fields.items()}, file
