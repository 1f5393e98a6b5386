"""The door of the signed-in pages: what comes in is checked, what goes out is closed to others.

It promises: only requests to the address of the pages are served; only the pages themselves may
post; a form is read up to its limit; nothing is kept by a browser or told to another site.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.adapters.bodies import Unread, body_of
from bot.adapters.forms import LongPart, parts_of
from bot.process.headers import headers
from bot.settingvalues import is_loopback
from bot.wording import say
from commands.chat.messages import File
from scoring.errors import UserError

PREFIX = "/pages"
MAX_FORM = 32 * 1024
MAX_FIELDS = 300
MAX_ADDRESS = 2_000
"""Characters of an address, with all that is asked for in it."""

HEADERS = headers({"form-action": "'self'"}, cache="no-store")


class NotShown(UserError):
    """A page is refused; the text is shown to the person, `status` is the HTTP status."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def admit(request: web.Request, url: str) -> None:
    """Raise NotShown for a request to another host, or a post that is none of our pages'."""
    host, own = request.headers.get("Host", "").lower(), urlsplit(url)
    # What stands in front may pass on its own name for this machine.
    if host != own.netloc and not is_loopback(_name(host)):
        raise NotShown(say("pages.other_host", url=url), 421)
    if len(request.raw_path) > MAX_ADDRESS:
        raise NotShown(say("pages.long_address"), 414)
    if request.method == "POST" and not _is_own(request, url):
        raise NotShown(say("pages.foreign"), 403)


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_own(request: web.Request, url: str) -> bool:
    """Whether a post comes from one of our pages. They send no referrer, for which browsers write
    the origin as null; then it is `Sec-Fetch-Site` that tells."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "null") in ("null", url)


def remote(request: web.Request) -> str:
    """Who asks, for limits: the address, as the proxy on this machine tells it."""
    address = request.remote or ""
    try:
        near = ip_address(address).is_loopback
    except ValueError:
        near = False
    if near and (told := request.headers.get("X-Forwarded-For")):
        return told.rpartition(",")[2].strip()[:64]
    return address


Fields = Mapping[str, Sequence[str]]
"""What a form holds, by name, in order."""


async def form_of(request: web.Request) -> tuple[Fields, File | None]:
    """The fields of a posted form and its file, if it has one; lone surrogates become question
    marks. Raises NotShown for anything else."""
    if request.content_type == "multipart/form-data":
        return await _with_file(request)
    return await _plain(request), None


async def _with_file(request: web.Request) -> tuple[Fields, File | None]:
    try:
        fields, file = await parts_of(request)
    except LongPart as long:
        raise NotShown(say("pages.big_file" if long.file else "pages.too_long"), 413) from None
    except Unread as refused:
        key = _UNREAD.get(refused.status, "pages.incomplete")
        raise NotShown(say(key), refused.status) from None
    return fields, file if file is not None and file.data else None


_UNREAD = {413: "pages.big_file", 400: "pages.no_form"}


async def _plain(request: web.Request) -> Fields:
    if request.content_type != "application/x-www-form-urlencoded":
        raise NotShown(say("pages.no_form"), 415)
    try:
        body = await body_of(request, MAX_FORM)
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except Unread as refused:
        key = "pages.too_long" if refused.status == 413 else "pages.incomplete"
        raise NotShown(say(key), refused.status) from None
    except ValueError:
        raise NotShown(say("pages.no_form")) from None
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found
