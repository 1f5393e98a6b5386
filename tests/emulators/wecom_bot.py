"""WeCom's bot service for tests: the long connection as its page describes it, over loopback.

One live connection a bot, a newer one displaces it; requests can be answered for a day, cards for
five seconds; a chat must have written first; so many messages a minute; sizes count in bytes.
What a person says while no connection is there, he says when there is one.
"""

import asyncio
import base64
import hashlib
import itertools
import json
import secrets
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import WSMsgType, web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.emulators.loopback import START, Loopback

BOT_ID, SECRET, NAME = "aibTEST", "s" * 43, "宣传助手"
DAY = 86_400
CARD_SECONDS = 5
PER_MINUTE, PER_HOUR = 30, 1_000
MAX_TEXT = 20_480
MAX_CHUNK = 512 * 1024

Json = dict[str, Any]


@dataclass(slots=True)
class Shown:
    """A message as people see it. `task`: the id of its card; `options`: what can be ticked on it,
    as (text, id); `ticked`: ids; `called`: whom it calls."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    file: tuple[str, bytes] | None = None
    task: str = ""
    by_bot: bool = True
    options: tuple[tuple[str, str], ...] = ()
    ticked: list[str] = field(default_factory=list)
    called: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Fault:
    """What happens to the next frame of a command: an error code, silence, or the line is cut
    (`late`: after it took effect)."""

    code: int = 0
    silent: bool = False
    cut: bool = False
    late: bool = False


@dataclass(slots=True)
class Request:
    """What the bot may answer."""

    chat: str
    group: bool
    kind: str
    at: float
    task: str = ""


@dataclass(slots=True)
class Upload:
    name: str
    size: int
    total: int
    chunks: dict[int, bytes] = field(default_factory=dict)


class WecomBot(Loopback):
    """`start` it, point the bot at `address`, let people `says` and `presses`, look at `seen`."""

    def __init__(self, *, now: Callable[[], float] = lambda: START + 3600) -> None:
        super().__init__()
        self.now = now
        self.chats: dict[str, list[Shown]] = defaultdict(list)
        self.groups: set[str] = set()
        self.reachable: set[str] = set()
        self.requests: dict[str, Request] = {}
        self.uploads: dict[str, Upload] = {}
        self.media: dict[str, tuple[str, bytes]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.frames: list[Json] = []
        self.subscriptions = 0
        self.sent: dict[str, deque[float]] = defaultdict(deque)
        self._live: web.WebSocketResponse | None = None
        self._waiting: deque[Json] = deque()
        self.commands: list[str] = []
        self._count = itertools.count(1)
        self._handlers = {
            "aibot_respond_msg": self._respond,
            "aibot_respond_welcome_msg": self._welcome,
            "aibot_respond_update_msg": self._update,
            "aibot_send_msg": self._send,
            "aibot_upload_media_init": self._upload_init,
            "aibot_upload_media_chunk": self._upload_chunk,
            "aibot_upload_media_finish": self._upload_finish,
        }

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/", self._connect)
        app.router.add_get("/file/{id}", self._serve_file)

    @property
    def address(self) -> str:
        """Where the bot connects."""
        return self.base.replace("http://", "ws://") + "/"

    async def stop(self) -> None:
        if self._live is not None:
            await self._live.close()
        await super().stop()

    def fail(self, command: str, *faults: Fault) -> None:
        """The next frames of this command meet these faults."""
        self.faults[command].extend(faults)

    async def displace(self) -> None:
        """Somebody else connects with the same bot."""
        await self._displace()

    async def cut(self, code: int = 1006) -> None:
        """The service closes the line."""
        if self._live is not None:
            await self._live.close(code=code)

    # --- people ---------------------------------------------------------------------------

    def group(self, chat: str = "wrGroupAbC") -> str:
        self.groups.add(chat)
        return chat

    def says(self, user: str, text: str, group: str = "", *, quoted: Json | None = None) -> str:
        """A person writes; in a group only what names the bot reaches it."""
        self.chats[group or user].append(Shown(text, by_bot=False))
        if group and "@" not in text:
            return ""
        said: Json = {"msgtype": "text", "text": {"content": text}}
        if quoted:
            said["quote"] = quoted
        return self.brings(user, said, group)

    def speaks(self, user: str, text: str) -> str:
        """A voice message, which comes written down."""
        return self.brings(user, {"msgtype": "voice", "voice": {"content": text}})

    def hands_in(self, user: str, name: str, data: bytes) -> str:
        """A file in the 1:1 chat."""
        return self.brings(user, {"msgtype": "file", "file": self._kept(name, data)})

    def shows(self, user: str, *pictures: bytes, text: str = "", group: str = "") -> str:
        """A person sends pictures, with a text among them; in a group only what names the bot
        reaches it."""
        if group and "@" not in text:
            return ""
        items = [{"msgtype": "image", "image": self._kept("", one)} for one in pictures]
        if text:
            items.insert(0, {"msgtype": "text", "text": {"content": text}})
        mixed = {"msgtype": "mixed", "mixed": {"msg_item": items}}
        return self.brings(user, items[0] if len(items) == 1 else mixed, group)

    def _kept(self, name: str, data: bytes) -> Json:
        """A file as the service keeps it for five minutes, sealed under a key of its own."""
        key = self._file_key()
        short = 32 - len(data) % 32
        encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
        sealed = encryptor.update(data + bytes([short]) * short) + encryptor.finalize()
        identifier = str(next(self._count))
        self.files[identifier] = name, sealed
        told = {"aeskey": base64.b64encode(key).decode().rstrip("=")} if self.tells_keys else {}
        return {"url": f"{self.base}/file/{identifier}", **told}

    tells_keys = True
    """Whether a file comes with its key; by callback it is sealed with that of the address."""

    def _file_key(self) -> bytes:
        return secrets.token_bytes(32)

    def enters(self, user: str) -> str:
        """A person opens the 1:1 chat for the first time today."""
        event = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
        return self._callback(
            "aibot_event_callback", {"from": {"userid": user}, **event}, "welcome"
        )

    def presses(self, user: str, chat: str, label: str) -> str:
        """A person presses the newest button with this label, else one that begins with it."""
        shown, key = next(
            (shown, key)
            for fits in (str.__eq__, str.startswith)
            for shown in reversed(self.chats[chat])
            for name, key in shown.buttons
            if fits(name, label)
        )
        card: Json = {"card_type": "button_interaction", "event_key": key, "task_id": shown.task}
        if shown.options:
            chosen = {"question_key": "ticked", "option_ids": {"option_id": shown.ticked}}
            card |= {"card_type": "vote_interaction", "selected_items": {"selected_item": [chosen]}}
        body: Json = {
            "from": {"userid": user},
            "msgtype": "event",
            "event": {"eventtype": "template_card_event", "template_card_event": card},
        }
        if chat in self.groups:
            body |= {"chattype": "group", "chatid": chat}
        else:
            body["chattype"] = "single"
        return self._callback("aibot_event_callback", body, "press", shown.task)

    def ticks(self, chat: str, label: str) -> None:
        """A person ticks or unticks an option of the newest card with it; only they see that."""
        shown, one = next(
            (shown, one)
            for shown in reversed(self.chats[chat])
            for text, one in shown.options
            if text == label
        )
        if one in shown.ticked:
            shown.ticked.remove(one)
        else:
            shown.ticked.append(one)

    def brings(self, user: str, said: Json, group: str = "") -> str:
        """A message body reaches the bot."""
        body: Json = {"from": {"userid": user}, **said}
        body |= {"chattype": "group", "chatid": group} if group else {"chattype": "single"}
        self.reachable.add(group or user)
        return self._callback("aibot_msg_callback", body, "message")

    def seen(self, chat: str) -> list[Shown]:
        return self.chats[chat]

    def again(self, request: str) -> None:
        """The same message once more, as a network brings it."""
        self._waiting.append(next(f for f in self.frames if f["headers"]["req_id"] == request))
        self._flush_soon()

    def _callback(self, command: str, body: Json, kind: str, task: str = "") -> str:
        request = f"req-{next(self._count)}"
        chat = str(body.get("chatid") or body["from"]["userid"])
        self.requests[request] = Request(chat, "chatid" in body, kind, self.now(), task)
        body = {"msgid": f"msg-{next(self._count)}", "aibotid": BOT_ID, **body}
        frame = {"cmd": command, "headers": {"req_id": request}, "body": body}
        self.frames.append(frame)
        self._deliver(frame)
        return request

    def _deliver(self, frame: Json) -> None:
        self._waiting.append(frame)
        self._flush_soon()

    # --- the line -------------------------------------------------------------------------

    def _flush_soon(self) -> None:
        self._flushing = asyncio.ensure_future(self._flush())

    async def _flush(self) -> None:
        while self._live is not None and not self._live.closed and self._waiting:
            await self._live.send_json(self._waiting.popleft())

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await ws.prepare(request)
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                await self._take(ws, json.loads(message.data))
        if self._live is ws:
            self._live = None
        return ws

    async def _take(self, ws: web.WebSocketResponse, frame: Json) -> None:
        command, request = frame["cmd"], frame["headers"]["req_id"]
        self.commands.append(command)
        fault = self.faults[command].popleft() if self.faults[command] else Fault()
        if fault.cut and not fault.late:
            await ws.close()
            return
        if fault.code:
            answer: Json = {"errcode": fault.code, "errmsg": "fault of the test"}
        elif command == "aibot_subscribe":
            answer = await self._subscribe(ws, frame["body"])
        elif command == "ping":
            answer = {}
        elif ws is not self._live:
            answer = {"errcode": 846609, "errmsg": "aibot websocket not subscribed"}
        else:
            answer = self._handlers[command](request, frame.get("body") or {})
        if fault.cut:
            await ws.close()
        elif not fault.silent:
            body = {"errcode": 0, "errmsg": "ok", **answer}
            await ws.send_json({"headers": {"req_id": request}, **body})
            await self._flush()

    async def _subscribe(self, ws: web.WebSocketResponse, body: Json) -> Json:
        if (body["bot_id"], body["secret"]) != (BOT_ID, SECRET):
            return {"errcode": 853000, "errmsg": "invalid bot_id or secret"}
        self.subscriptions += 1
        if self._live is not None and self._live is not ws:
            await self._displace()
        self._live = ws
        self.touch()
        return {}

    async def _displace(self) -> None:
        live, self._live = self._live, None
        if live is None or live.closed:
            return
        event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
        body = {"msgid": f"msg-{next(self._count)}", "aibotid": BOT_ID, **event}
        await live.send_json(
            {"cmd": "aibot_event_callback", "headers": {"req_id": "req-x"}, "body": body}
        )

    # --- what the bot says ----------------------------------------------------------------

    def _respond(self, request: str, body: Json) -> Json:
        asked = self.requests.get(request)
        if asked is None or asked.kind != "message" or self.now() - asked.at > DAY:
            return {"errcode": 846605, "errmsg": "invalid req_id"}
        return self._show(asked.chat, body)

    def _welcome(self, request: str, body: Json) -> Json:
        asked = self.requests.get(request)
        fresh = asked and asked.kind == "welcome" and self.now() - asked.at <= CARD_SECONDS
        if asked is None or not fresh:
            return {"errcode": 846605, "errmsg": "invalid req_id"}
        if body["msgtype"] not in ("text", "template_card"):
            return {"errcode": 40008, "errmsg": "invalid message type"}
        return self._show(asked.chat, body)

    def _update(self, request: str, body: Json) -> Json:
        asked = self.requests.get(request)
        card = body["template_card"]
        fresh = asked and asked.kind == "press" and self.now() - asked.at <= CARD_SECONDS
        if asked is None or not fresh or card["task_id"] != asked.task:
            return {"errcode": 846605, "errmsg": "invalid req_id"}
        old = next(s for s in reversed(self.chats[asked.chat]) if s.task == asked.task)
        new = shown_card(card)
        old.text, old.buttons = new.text, new.buttons
        return {}

    def _send(self, request: str, body: Json) -> Json:
        chat, kind = body["chatid"], body["chat_type"]
        if chat not in self.reachable or (kind == 2) != (chat in self.groups):
            return {"errcode": 93006, "errmsg": "invalid chatid"}
        return self._show(chat, body)

    def _show(self, chat: str, body: Json) -> Json:
        if not self._within_limits(chat):
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        match body["msgtype"]:
            case "markdown" | "text" as kind:
                text = body[kind]["content"]
                if not text.strip() or len(text.encode()) > MAX_TEXT:
                    return {"errcode": 40058, "errmsg": "content exceed max length 20480"}
                self.chats[chat].append(Shown(text))
            case "template_card":
                card = body["template_card"]
                buttons = card.get("button_list", [])
                keys = [button["key"] for button in buttons]
                if wrong := _wrong_choice(card):
                    return {"errcode": 40058, "errmsg": wrong}
                if len(buttons) > 6 or len(set(keys)) != len(keys):
                    return {"errcode": 40058, "errmsg": "button_list invalid"}
                if any(len(key.encode()) > 1024 for key in keys) or "task_id" not in card:
                    return {"errcode": 40058, "errmsg": "button key invalid"}
                self.chats[chat].append(shown_card(card))
            case "file" | "image" as kind:
                found = self.media.get(body[kind]["media_id"])
                if found is None:
                    return {"errcode": 40007, "errmsg": "invalid media_id"}
                self.chats[chat].append(Shown("", file=found))
            case _:
                return {"errcode": 40008, "errmsg": "invalid message type"}
        return {}

    def _within_limits(self, chat: str) -> bool:
        now, sent = self.now(), self.sent[chat]
        while sent and sent[0] <= now - 3600:
            sent.popleft()
        if len(sent) >= PER_HOUR or sum(at > now - 60 for at in sent) >= PER_MINUTE:
            return False
        sent.append(now)
        return True

    # --- files ----------------------------------------------------------------------------

    def _upload_init(self, request: str, body: Json) -> Json:
        if body["total_chunks"] > 100:
            return {"errcode": 40058, "errmsg": "too many chunks"}
        identifier = f"up-{next(self._count)}"
        self.uploads[identifier] = Upload(
            body["filename"], body["total_size"], body["total_chunks"]
        )
        return {"body": {"upload_id": identifier}}

    def _upload_chunk(self, request: str, body: Json) -> Json:
        upload = self.uploads[body["upload_id"]]
        data = base64.b64decode(body["base64_data"], validate=True)
        if len(data) > MAX_CHUNK:
            return {"errcode": 40058, "errmsg": "chunk too big"}
        upload.chunks[body["chunk_index"]] = data
        return {}

    def _upload_finish(self, request: str, body: Json) -> Json:
        upload = self.uploads.pop(body["upload_id"])
        data = b"".join(upload.chunks[index] for index in sorted(upload.chunks))
        if len(upload.chunks) != upload.total or len(data) != upload.size:
            return {"errcode": 40058, "errmsg": "chunks missing"}
        media = f"media-{hashlib.sha256(data).hexdigest()[:12]}"
        self.media[media] = upload.name, data
        return {"body": {"type": "file", "media_id": media, "created_at": "1"}}

    async def _serve_file(self, request: web.Request) -> web.Response:
        if request.match_info["id"] not in self.files:
            return web.Response(status=404)
        name, sealed = self.files[request.match_info["id"]]
        shown = f"attachment; filename*=UTF-8''{quote(name)}"
        return web.Response(body=sealed, headers={"Content-Disposition": shown})


def shown_card(card: Json) -> Shown:
    parts = (card["main_title"]["title"], card.get("sub_title_text", ""))
    submit = [card["submit_button"]] if "submit_button" in card else []
    return Shown(
        "\n".join(filter(None, parts)),
        buttons=tuple((b["text"], b["key"]) for b in (*card.get("button_list", ()), *submit)),
        task=card["task_id"],
        options=tuple(
            (one["text"], one["id"]) for one in card.get("checkbox", {}).get("option_list", ())
        ),
    )


def _wrong_choice(card: Json) -> str:
    """What is against the rules of a card with options, "" where nothing is."""
    if card["card_type"] != "vote_interaction":
        return "checkbox invalid" if "checkbox" in card else ""
    options = card["checkbox"]["option_list"]
    ids = [one["id"] for one in options]
    if not 1 <= len(options) <= 20 or len(set(ids)) != len(ids):
        return "option_list invalid"
    if any(not 1 <= len(one.encode()) <= 128 for one in ids) or "button_list" in card:
        return "option_list invalid"
    return "" if card["submit_button"]["key"] else "submit_button invalid"
