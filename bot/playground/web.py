"""The in-memory platform in a browser: pick a person, write, press, see what arrives.

It promises: a reopened page shows what was said since the process started; a page that lost its
connection is brought up to date as a whole; a message removed from a chat disappears from every
page. There is no login: it serves this machine only (see `bot.playground.pages.door`).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.adapters.local import NAME, Event, LocalPlatform, Message
from bot.playground.pages.door import (
    FILES,
    HEADERS,
    NotDone,
    form_of,
    guarded,
    json_of,
    static,
    text_of,
)
from bot.playground.pages.views import (
    PRIVATE,
    PersonView,
    Stream,
    Try,
    chat_key,
    frame,
    picture_type,
    private_chat,
    shown_message,
    shown_person,
    shown_time,
)
from bot.wording import say
from commands.chat.messages import Capabilities, Chat, Outgoing, Receipt, Receive
from scoring.moments import DAY, ZONE, Instant, instant

__all__ = ["STAFF", "PersonView", "WebPage", "private_chat"]

STAFF = Chat(platform=NAME, id="staff", group=True, title="职工群")
KEEP = 500
FARTHEST = 366 * DAY
LONGEST_INDEX = 3
"""Digits of a file's place in its message."""

PULSE = 0.25
"""Seconds between two signs of how far a jump has come."""

BEAT = 15.0
"""Seconds of silence after which a stream sends the time, which also detects closed pages."""


class WebPage:
    """An `Adapter` whose people use a browser.

    `people` is called whenever the picker is shown. `now` is the clock of the process; `jump`
    moves it forward and returns when everything due on the way is delivered (None: the clock
    cannot be moved). `tries` are proposed to a first visitor; those of people who are not there
    are left out.
    """

    def __init__(
        self,
        *,
        people: Callable[[], list[PersonView]],
        now: Callable[[], Instant],
        jump: Callable[[Instant], Awaitable[None]] | None = None,
        group: Chat = STAFF,
        tries: Sequence[Try] = (),
        platform: LocalPlatform | None = None,
    ) -> None:
        self.platform = platform or LocalPlatform(now=now, prefix=f"{token_hex(4)}-")
        self.platform.keep = KEEP
        self.platform.hooks.append(self._changed)
        self.name: str = self.platform.name
        self.capabilities: Capabilities = self.platform.capabilities
        self.people = people
        self.now = now
        self.group = group
        self.tries = tries
        self._jump = jump
        self._jumping = asyncio.Lock()
        self._jumps: dict[str, int] | None = None
        self._delivered: Counter[str] = Counter()
        self._unseen: dict[str, set[str]] = {}
        self._streams: set[Stream] = set()
        self._shown_people: list[PersonView] = []

    # --- the port -------------------------------------------------------------------------

    async def run(self, receive: Receive) -> None:
        """Accept messages until cancelled."""
        await self.platform.run(receive)

    async def send(self, message: Outgoing) -> Receipt:
        """Show a message on every page with its chat open."""
        return await self.platform.send(message)

    def mount(self, app: web.Application) -> None:
        """Add the page to the server of the process."""
        for path, (name, kind) in FILES.items():
            app.router.add_get(path, guarded(static(name, kind)))
        app.router.add_get("/api/state", guarded(self._get_state))
        app.router.add_get("/api/events", guarded(self._get_events))
        app.router.add_get("/api/files/{id}", guarded(self._get_file))
        app.router.add_post("/api/say", guarded(self._post_say))
        app.router.add_post("/api/press", guarded(self._post_press))
        app.router.add_post("/api/file", guarded(self._post_file))
        app.router.add_post("/api/seen", guarded(self._post_seen))
        app.router.add_post("/api/jump", guarded(self._post_jump))
        app.on_shutdown.append(self._end_streams)

    # --- what is on the screen ------------------------------------------------------------

    def state(self, watching: Iterable[str]) -> dict[str, Any]:
        """Return what a page needs to start: the clock, the people and the chats it shows."""
        self._shown_people = self.people()
        names = {person.account: person.name for person in self._shown_people}
        chats = [self.group, *(private_chat(account) for account in sorted(watching))]
        return {
            **self._clock(),
            "jumps": self._jump is not None,
            "tries": [asdict(one) for one in self.tries if one.person in names],
            "group": {"id": self.group.id, "title": self.group.title or self.group.id},
            "people": [shown_person(person) for person in self._shown_people],
            "unread": {account: n for account in self._unseen if (n := self._unread(account))},
            "chats": {
                chat_key(chat): [shown_message(m, names) for m in self.platform.transcript(chat)]
                for chat in chats
            },
        }

    def _changed(self, event: Event) -> None:
        message, key = event.message, chat_key(event.message.chat)
        touched = set()
        if event.kind == "sent":
            self._delivered[key] += 1
            if not message.chat.group:
                self._unseen.setdefault(message.chat.id, set()).add(message.id)
                touched.add(message.chat.id)
        for gone in event.deleted:
            self._tell_chat(gone.chat, "gone", {"chat": chat_key(gone.chat), "ids": [gone.id]})
            if not gone.chat.group:
                touched.add(gone.chat.id)
        names = {person.account: person.name for person in self._shown_people}
        self._tell_chat(
            message.chat, "message", {"chat": key, "message": shown_message(message, names)}
        )
        for account in touched:
            self._tell_unread(account)

    def _tell_chat(self, chat: Chat, kind: str, data: Any) -> None:
        for stream in self._streams:
            if chat.group or chat.id in stream.watching:
                stream.tell(kind, data)

    def _tell_all(self, kind: str, data: Any) -> None:
        for stream in self._streams:
            stream.tell(kind, data)

    def _tell_unread(self, account: str) -> None:
        self._tell_all("unread", {"person": account, "count": self._unread(account)})

    def _unread(self, account: str) -> int:
        messages = map(self.platform.message, self._unseen.get(account, ()))
        return sum(1 for message in messages if message is not None and not message.deleted)

    def _tell_people(self) -> None:
        """Update the pickers: what was said may have changed the roster."""
        if (people := self.people()) != self._shown_people:
            self._shown_people = people
            self._tell_all("people", [shown_person(person) for person in people])

    # --- reading --------------------------------------------------------------------------

    async def _get_state(self, request: web.Request) -> web.Response:
        return web.json_response(self.state(self._watching(request)))

    async def _get_events(self, request: web.Request) -> web.StreamResponse:
        stream = Stream(self._watching(request))
        response = web.StreamResponse(
            headers={**HEADERS, "Content-Type": "text/event-stream; charset=utf-8"}
        )
        await response.prepare(request)
        stream.tell("state", self.state(stream.watching))
        self._streams.add(stream)
        try:
            with suppress(ConnectionError):
                while data := await self._next(stream):
                    await response.write(data)
        finally:
            self._streams.discard(stream)
        return response

    async def _next(self, stream: Stream) -> bytes:
        """Return the next frame for a page; empty when its stream is over."""
        if stream.lost:
            return b""
        try:
            async with asyncio.timeout(BEAT):
                return await stream.frames.get()
        except TimeoutError:
            self._tell_people()  # somebody may have come by a job, or gone with the time
            return frame("clock", self._clock())

    async def _end_streams(self, _: web.Application) -> None:
        for stream in self._streams:
            stream.lost = True
            with suppress(asyncio.QueueFull):
                stream.frames.put_nowait(b"")

    async def _get_file(self, request: web.Request) -> web.Response:
        id_, _, index = request.match_info["id"].rpartition(".")
        message = self.platform.message(id_)
        files = message.files if message and not message.deleted else ()
        if not index.isdecimal() or len(index) > LONGEST_INDEX or int(index) >= len(files):
            raise NotDone(say("page.file_gone"), 404)
        file = files[int(index)]
        named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return web.Response(
            body=file.data,
            content_type=picture_type(file) or "application/octet-stream",
            headers={"Content-Disposition": named},
        )

    def _watching(self, request: web.Request) -> frozenset[str]:
        """Return the people a page asks for, without those no longer on the roster."""
        known = {person.account for person in self.people()}
        return frozenset(request.query.getall("person", [])) & known

    # --- writing --------------------------------------------------------------------------

    async def _post_say(self, request: web.Request) -> web.Response:
        said = await json_of(request)
        person, chat = self._who_and_where(text_of(said, "person"), text_of(said, "chat"))
        text = text_of(said, "text")
        if not text.strip():
            raise NotDone(say("page.no_text"))
        quoted = self._message_in(chat, id_) if (id_ := text_of(said, "quote")) else None
        message = await self.platform.says(
            person.account,
            chat,
            text,
            # Only a message of the bot counts as a quote of the bot.
            quote=quoted.text if quoted and quoted.author is None else "",
            answers=quoted.id if quoted else "",
            author_name=person.name,
        )
        self._tell_people()
        return web.json_response({"ok": True, "message": message.id})

    async def _post_press(self, request: web.Request) -> web.Response:
        pressed = await json_of(request)
        person, chat = self._who_and_where(text_of(pressed, "person"), text_of(pressed, "chat"))
        message = self._message_in(chat, text_of(pressed, "message"))
        buttons = [button for row in message.buttons for button in row]
        index, label = pressed.get("button"), text_of(pressed, "label")
        if type(index) is not int or not 0 <= index < len(buttons):
            raise NotDone(say("page.no_button"), 409)
        if label and label != buttons[index].label:
            raise NotDone(say("page.button_changed"), 409)
        await self.platform.presses(person.account, chat, message, buttons[index], person.name)
        self._tell_people()
        return web.json_response({"ok": True})

    async def _post_file(self, request: web.Request) -> web.Response:
        if request.content_type != "multipart/form-data":
            raise NotDone(say("page.not_from_page"), 415)
        fields, file = await form_of(request)
        person, chat = self._who_and_where(fields.get("person", ""), fields.get("chat", ""))
        if file is None:
            raise NotDone(say("page.no_file"))
        message = await self.platform.says(
            person.account, chat, fields.get("text", ""), file=file, author_name=person.name
        )
        self._tell_people()
        return web.json_response({"ok": True, "message": message.id})

    async def _post_seen(self, request: web.Request) -> web.Response:
        account = text_of(await json_of(request), "person")
        if self._unseen.pop(account, None):
            self._tell_unread(account)
        return web.json_response({"ok": True})

    async def _post_jump(self, request: web.Request) -> web.Response:
        written = text_of(await json_of(request), "at")
        if self._jump is None:
            raise NotDone(say("page.real_time"), 409)
        try:
            moment = datetime.fromisoformat(written)
            to = instant(moment if moment.tzinfo else moment.replace(tzinfo=ZONE))
        except (ValueError, OverflowError):
            raise NotDone(say("page.bad_time")) from None
        async with self._jumping:
            if to <= (now := self.now()):
                raise NotDone(say("page.backwards", now=shown_time(now)), 409)
            if to > now + FARTHEST:
                raise NotDone(say("page.too_far"))
            self._delivered.clear()
            self._jumps = {"from": now, "to": to}
            showing = asyncio.create_task(self._show_jump())
            try:
                await self._jump(to)
            finally:
                showing.cancel()
                self._jumps = None
                self._tell_all("clock", self._clock())
            delivered = dict(self._delivered)
        self._tell_people()
        return web.json_response({"ok": True, "now": self.now(), "delivered": delivered})

    async def _show_jump(self) -> None:
        while True:
            self._tell_all("clock", self._clock())
            await asyncio.sleep(PULSE)

    def _clock(self) -> dict[str, Any]:
        jumping = self._jumps and {**self._jumps, "delivered": self._delivered.total()}
        return {"now": self.now(), "jumping": jumping}

    # --- who and where --------------------------------------------------------------------

    def _who_and_where(self, account: str, place: str) -> tuple[PersonView, Chat]:
        person = next((one for one in self.people() if one.account == account), None)
        if person is None:
            raise NotDone(say("page.no_person"), 404)
        if place == PRIVATE:
            return person, private_chat(account)
        if place != self.group.id:
            raise NotDone(say("page.no_group"), 404)
        return person, self.group

    def _message_in(self, chat: Chat, id_: str) -> Message:
        message = self.platform.message(id_)
        if message is None or message.deleted or chat_key(message.chat) != chat_key(chat):
            raise NotDone(say("page.message_gone"), 409)
        return message
