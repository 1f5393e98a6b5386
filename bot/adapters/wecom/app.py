"""The self-built app, as a line: writes to members who have never written first, and receives
what they write to it or press on its cards.

Its callback is XML, encrypted for the enterprise. Every call is answered with an empty 200 once
it is committed; replies go through the API.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.adapters.ticks import gathered
from bot.adapters.wecom import encode
from bot.adapters.wecom.api import Api, Tokens
from bot.adapters.wecom.crypto import Seal
from bot.adapters.wecom.decode import (
    PLATFORM,
    SPEECHLESS,
    WELCOME,
    Decoded,
    Document,
    said_by,
)
from bot.adapters.wecom.door import Malformed, routes, sealed_in_xml
from bot.adapters.wecom.fields import TICKED, fields_of
from bot.adapters.wecom.line import Asked, Body, Hear, Reach
from commands.chat.errors import Unreachable
from commands.chat.messages import MAX_FILE, MOST_TICKS, Chat, File, Incoming
from db.people import same_account
from scoring.moments import Instant

PATH = "/wecom/app"
LEAST_APART = 1_800
"""Seconds that WeCom names where nothing is dropped."""


class App:
    """A `Line` over the app `agent`. `seal` None: it only writes."""

    paper = encode.APP
    reach: Reach = frozenset({"private", "files"})

    def __init__(
        self, api: Api, agent: int, seal: Seal | None, *, now: Callable[[], Instant]
    ) -> None:
        self._api = api
        self._agent = agent
        self._seal = seal
        self._now = now
        self._hear: Hear | None = None

    def use_tokens(self, tokens: Tokens) -> None:
        """Keep the access token where other replicas find it."""
        self._api.use(tokens)

    def mount(self, app: Any) -> None:
        """Add the callback's routes to the HTTP server."""
        if self._seal is not None:
            app.router.add_routes(routes(PATH, self._seal, sealed_in_xml, self._on_call, self._now))

    async def run(self, hear: Hear) -> None:
        """See `Line`; before this runs, calls are answered 503 and repeated."""
        self._hear = hear
        try:
            await asyncio.Event().wait()
        finally:
            self._hear = None
            await self._api.close()

    async def answer(self, asked: Asked, body: Body) -> None:
        """See `Line`: an answer is a message; a pressed card is updated by its one-time code."""
        if "response_type" in body:
            turned = {
                "userids": [asked.request.partition(" ")[0]],
                "agentid": self._agent,
                "response_code": asked.reply,
                "template_card": body["template_card"],
            }
            await self._api.post("/cgi-bin/message/update_template_card", turned)
            return
        member = asked.request.partition(" ")[0]
        await self.push(Chat(platform=PLATFORM, id=member), body)

    async def push(self, chat: Chat, body: Body, *, once: int = 0) -> None:
        """See `Line`; to members only. `once`: the same words only once in so many seconds."""
        if chat.group:
            raise Unreachable("an app writes to members")
        said = await self._api.post(
            "/cgi-bin/message/send",
            {
                "touser": chat.id,
                "agentid": self._agent,
                "enable_duplicate_check": int(once > 0),
                "duplicate_check_interval": once or LEAST_APART,
                **body,
            },
        )
        if str(said.get("invaliduser") or "") or str(said.get("unlicenseduser") or ""):
            raise Unreachable("the member is not in the app's range")

    async def picture(self, document: Document) -> bytes:
        """See `Line`."""
        return await self._api.download("/cgi-bin/media/get", MAX_FILE, media_id=document.url)

    async def uploaded(self, file: File) -> Body:
        """See `Line`."""
        kind = encode.media(file)
        return {
            "msgtype": kind,
            kind: {"media_id": await self._api.upload(file.name, file.data, kind)},
        }

    async def _on_call(self, plain: bytes, stamp: str, nonce: str) -> bytes:
        if self._hear is None:
            raise RuntimeError("not listening yet")
        try:
            fields = fields_of(plain)
            decoded = decode(fields, received_at=self._now())
        except (KeyError, OverflowError, ValueError) as wrong:
            raise Malformed from wrong
        if decoded is not None:
            asked = Asked(
                line=self,
                request=f"{fields['FromUserName']} {decoded.incoming.update}",
                what=decoded.what,
                at=self._now(),
                reply=fields.get("ResponseCode", ""),
            )
            if asked.what == "welcome":
                asked = Asked(line=self, request=asked.request, what="message", at=asked.at)
            await self._hear(decoded, asked)
        return b""


def decode(fields: Mapping[str, str], *, received_at: Instant) -> Decoded | None:
    """Decode what a member wrote to the app or pressed; None for other events. Raises KeyError or
    ValueError for what is not as WeCom describes it."""
    member = fields["FromUserName"]
    sent_at = min(int(fields["CreateTime"]), received_at)
    update = fields.get("MsgId") or _mark(fields)
    frame: dict[str, Any] = {
        "update": f"app {update}",
        "chat": Chat(platform=PLATFORM, id=member),
        "author": same_account(PLATFORM, member),
        "sent_at": sent_at,
        "received_at": received_at,
        "addressed": True,
    }
    if fields["MsgType"] != "event":
        return _message(fields, Incoming(**frame, message=f"app {update}"))
    match fields["Event"]:
        case "template_card_event":
            ticked = fields.get(TICKED, "").split("\n")[:MOST_TICKS]
            press = gathered(said_by(fields["EventKey"]), filter(None, ticked))
            pressed = Incoming(**frame, press=press, message=fields["TaskId"])
            return Decoded(incoming=pressed, what="press")
        case "subscribe":
            entered = Incoming(**frame, text=WELCOME, message=f"app {update}")
            return Decoded(incoming=entered, what="welcome")
        case "click":
            clicked = Incoming(**frame, text=fields["EventKey"], message=f"app {update}")
            return Decoded(incoming=clicked)
        case "unsubscribe":
            return Decoded(incoming=Incoming(**frame, presence="left"))
        case "change_contact":
            return Decoded(incoming=Incoming(**{**frame, "author": None}, presence="contacts"))
        case _:
            return None


def _message(fields: Mapping[str, str], said: Incoming) -> Decoded | None:
    """Decode what a member wrote or sent; a shared page is its title and link."""
    match fields["MsgType"]:
        case "text":
            return Decoded(incoming=replace(said, text=fields["Content"]))
        case "link":
            parts = (fields.get("Title", ""), fields.get("Url", ""))
            return Decoded(incoming=replace(said, text=" ".join(filter(None, parts))))
        case "image":
            picture = Document(url=fields["MediaId"])
            return Decoded(incoming=replace(said, brings="picture"), pictures=(picture,))
        case kind:
            brings = SPEECHLESS.get(kind)
            return Decoded(incoming=replace(said, brings=brings)) if brings else None


def _mark(fields: Mapping[str, str]) -> str:
    """Return an id for an event, which has no number: a hash of who, when and what."""
    parts = ("FromUserName", "CreateTime", "Event", "EventKey", "TaskId", "ChangeType", "UserID")
    said = "\0".join(fields.get(part, "") for part in parts)
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
