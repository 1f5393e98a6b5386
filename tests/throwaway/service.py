"""The service: rooms, a stream of events with a read mark, messages sent once by their key."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

from tests.kit import START, Loopback

TOKEN = "throw-away-token"
NAME = "宣传助手"
LIMIT = 4_000
"""Most bytes of a message."""

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Event:
    """What stands in a room."""

    id: str
    room: str
    sender: str
    body: str
    at: int
    mention: bool = False
    quote: str = ""
    file: tuple[str, str] | None = None
    choices: list[list[list[str]]] = field(default_factory=list)
    chosen: str = ""
    of: str = ""
    gone: bool = False


class Rooms(Loopback):
    """See `Loopback`. People act by `says`; `seen` is what stands in a room."""

    largest = 8 * 1024 * 1024

    def __init__(self, now: Callable[[], int] = lambda: START) -> None:
        super().__init__()
        self._now = now
        self.events: list[Event] = []
        self.joined = {"!staff"}
        self.media: dict[str, bytes] = {}
        self.read = 0
        self._by_key: dict[str, str] = {}

    def says(
        self, user: str, room: str, body: str, *, mention: bool = False, quote: str = ""
    ) -> None:
        """A person writes; whoever writes to the bot alone has opened that room to it. `quote`:
        the words of the bot that are answered."""
        self.joined.add(room)
        said = f"{NAME}: {body}" if mention else body
        self._add(user, room, said, mention=mention, quote=quote)

    def chooses(self, user: str, room: str, label: str) -> None:
        """A person presses the newest choice of a room with this label, or that begins with it."""
        event, choice = next(
            (event, choice)
            for fits in (str.__eq__, str.startswith)
            for event in reversed(self.seen(room))
            for row in event.choices
            for choice in row
            if fits(choice[0], label)
        )
        self._add(user, room, "", chosen=choice[1], of=event.id)

    def seen(self, room: str) -> list[Event]:
        """What stands in a room, oldest first."""
        here = (event for event in self.events if event.room == room and not event.of)
        return [event for event in here if not event.gone]

    def routes(self, app: web.Application) -> None:
        """See `Loopback`."""
        app.router.add_get("/sync", self._sync)
        app.router.add_post("/read/{position}", self._mark)
        app.router.add_put("/rooms/{room}/send/{key}", self._send)
        app.router.add_delete("/rooms/{room}/events/{event}", self._remove)
        app.router.add_post("/media", self._upload)

    def _add(self, sender: str, room: str, body: str, **more: Any) -> str:
        event = Event(
            id=f"${len(self.events) + 1}",
            room=room,
            sender=sender,
            body=body,
            at=self._now(),
            **more,
        )
        self.events.append(event)
        self.touch()
        return event.id

    def _known(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise web.HTTPUnauthorized
        if request.match_info.get("room", "!staff") not in self.joined:
            raise web.HTTPForbidden

    async def _sync(self, request: web.Request) -> web.Response:
        self._known(request)
        while self.read == len(self.events) and not self.closing:
            await self.changed.wait()
        events = [
            asdict(one) | {"position": position}
            for position, one in enumerate(self.events[self.read :], self.read + 1)
        ]
        return web.json_response({"events": events})

    async def _mark(self, request: web.Request) -> web.Response:
        self._known(request)
        self.read = int(request.match_info["position"])
        return web.json_response({})

    async def _send(self, request: web.Request) -> web.Response:
        self._known(request)
        said, key = await request.json(), request.match_info["key"]
        if len(said["body"].encode()) > LIMIT:
            raise web.HTTPRequestEntityTooLarge(LIMIT, len(said["body"]))
        if key not in self._by_key:
            self._by_key[key] = self._shown(request.match_info["room"], said)
        await asyncio.sleep(0)
        return web.json_response({"id": self._by_key[key]})

    def _shown(self, room: str, said: Json) -> str:
        old = next((one for one in self.seen(room) if one.id == said.get("replaces")), None)
        if old is None:
            file = said.get("file")
            shown = tuple(file) if file else None
            return self._add(NAME, room, said["body"], file=shown, choices=said["choices"])
        old.body, old.choices = said["body"], said["choices"]
        return old.id

    async def _remove(self, request: web.Request) -> web.Response:
        self._known(request)
        found = [one for one in self.events if one.id == request.match_info["event"]]
        if not found:
            raise web.HTTPNotFound
        found[0].gone = True
        return web.json_response({})

    async def _upload(self, request: web.Request) -> web.Response:
        self._known(request)
        address = f"media-{len(self.media)}"
        self.media[address] = await request.read()
        return web.json_response({"address": address})
