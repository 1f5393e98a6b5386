"""A small Bot API server on loopback, as strict as the real one where our adapter could err.

It keeps what a client would see (`messages`), hands out updates by long polling until they are
confirmed by an offset or calls a webhook until it says 200, and plays scripted faults. People act
through `says`, `edits`, `presses`.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.emulators.loopback import START, Loopback

Json = dict[str, Any]

TOKEN = "4242:Emulated-Token_of-the-bot"
BOT = {"id": 4242, "is_bot": True, "first_name": "宣传助手", "username": "XuanchuanBot"}
MAX_UNITS = 4096
MAX_DATA = 64
MAX_TOAST = 200
MAX_COPY = 256
ASIDE_SECONDS = 15
MAX_COMMANDS = 100
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_CONNECTIONS = 40


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message as a client shows it. `buttons`: rows of (label, callback data, or the text that is
    copied); `eyes`: who alone sees it; `asks`: the input for a reply opens; `called`: whom it calls
    by name."""

    chat: int
    id: int
    sender: int
    text: str = ""
    buttons: list[list[tuple[str, str]]] = field(default_factory=list)
    document: tuple[str, bytes] | None = None
    replies_to: int | None = None
    thread: int | None = None
    previews: bool = True
    eyes: int | None = None
    asks: bool = False
    called: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An answer instead of the real one. `body`: sent as HTML; `reset`: the line is cut, before
    the work or, with `late`, after it; `hangs`: no answer ever comes; `json`: the whole answer."""

    status: int = 200
    description: str = ""
    parameters: Json = field(default_factory=dict)
    body: str = ""
    json: Json | None = None
    reset: bool = False
    hangs: bool = False
    late: bool = False


class Bad(Exception):
    """A refused call."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description


class BotApi(Loopback):
    """The server. Start it, take `base` for the driver, stop it."""

    largest = 60 * 1024 * 1024

    def __init__(self, now: Callable[[], int] | None = None) -> None:
        """`now`: the date of messages; without it each is a second behind the last."""
        super().__init__()
        self._now = now
        self.messages: dict[tuple[int, int], Shown] = {}
        self.answered: list[str] = []
        self.toasts: list[str] = []
        self.closed_topics: set[tuple[int, Any]] = set()
        self.calls: list[tuple[str, Json]] = []
        self.moments: list[int] = []
        """When each of the calls came, if this server has a clock."""
        self.commands: list[Json] = []
        self.menus: dict[tuple[str, Any], list[str]] = {}
        self._chats: dict[int, Json] = {}
        self._updates: deque[Json] = deque()
        self._files: dict[str, bytes] = {}
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._next = {"message": 100, "update": 900_000_001, "query": 1, "group": -1001}
        self._polls = 0
        self.hook: Json = {}
        self.deaf: set[int] = set()
        """Chats to which nothing that is sent is ever answered."""
        self.hears_all = True
        self.knows_asides = True
        """Whether it is of this year: an older server does not read what it does not know."""
        self.asides: dict[int, Shown] = {}
        """Messages for one person each, by their own number."""
        self._pressed: dict[str, tuple[int, int]] = {}
        self.rights: dict[int, Json] = {}
        """What the bot may in a group; without an entry it is an ordinary member."""
        self.target = ""
        """Where the webhook's address leads, for a server on loopback."""
        self.statuses: list[int] = []
        self._caller: asyncio.Task[None] | None = None

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)

    async def stop(self) -> None:
        if self._caller is not None:
            self._caller.cancel()
            await asyncio.gather(self._caller, return_exceptions=True)
        await super().stop()

    # What a test does

    def user(self, id: int, name: str, *, started: bool = True) -> Json:
        """A person; `started`: has once pressed Start, so the bot may write."""
        if started:
            self._chats[id] = {"id": id, "type": "private", "first_name": name}
        return {"id": id, "is_bot": False, "first_name": name}

    def group(self, title: str, *, forum: bool = False) -> Json:
        """A supergroup with the bot in it."""
        id = self._take("group", -1)
        chat: Json = {"id": id, "type": "supergroup", "title": title}
        self._chats[id] = chat | ({"is_forum": True} if forum else {})
        return self._chats[id]

    def says(self, user: Json, chat: Json | None, text: str, **extra: Any) -> Json:
        """`user` writes in `chat` (None: the private chat); `extra`: more message fields."""
        message = self._heard(user, chat, {"text": text, **extra})
        self.push({"message": message})
        return message

    def uploads(
        self, user: Json, chat: Json | None, name: str, data: bytes, caption: str = "", **extra: Any
    ) -> Json:
        """`user` sends a document; `extra`: more fields of the document."""
        file_id = f"file-{len(self._files)}"
        self._files[file_id] = data
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name}
        body: Json = {"document": {**document, "file_size": len(data), **extra}}
        message = self._heard(user, chat, body | ({"caption": caption} if caption else {}))
        self.push({"message": message})
        return message

    def shows(
        self, user: Json, chat: Json | None, data: bytes, caption: str = "", **extra: Any
    ) -> Json:
        """`user` sends a photo, which Telegram keeps in two sizes; `extra`: more message fields."""
        sizes = []
        for width, kept in ((90, data[:500]), (1280, data)):
            file_id = f"photo-{len(self._files)}"
            self._files[file_id] = kept
            size = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(kept)}
            sizes.append({**size, "width": width, "height": width * 3 // 4})
        body: Json = {"photo": sizes, **extra} | ({"caption": caption} if caption else {})
        message = self._heard(user, chat, body)
        self.push({"message": message})
        return message

    def edits(self, user: Json, message: Json, text: str) -> None:
        """`user` changes what he wrote."""
        self.messages[message["chat"]["id"], message["message_id"]].text = text
        edited = {**message, "text": text, "edit_date": message["date"] + 60}
        self.push({"edited_message": edited | {"from": user}})

    def presses(self, user: Json, shown: Shown, label: str) -> None:
        """`user` presses the first button with this label, else one that begins with it."""
        data = next(
            data
            for fits in (str.__eq__, str.startswith)
            for row in shown.buttons
            for name, data in row
            if fits(name, label)
        )
        message = {
            "message_id": shown.id,
            "chat": self._chats[shown.chat],
            "from": BOT,
            "date": START,
            "text": shown.text,
            "reply_markup": {
                "inline_keyboard": [
                    [{"text": name, "callback_data": data} for name, data in row]
                    for row in shown.buttons
                ]
            },
        }
        if shown.eyes is not None:
            message |= {"message_id": 0, "ephemeral_message_id": shown.id}
        id = str(self._take("query"))
        self._pressed[id] = user["id"], self._now() if self._now else START
        query = {"id": id, "from": user, "message": message, "chat_instance": "1", "data": data}
        self.push({"callback_query": query})

    def push(self, event: Json) -> int:
        """Queue an update; its id."""
        id = self._take("update")
        self._updates.append({"update_id": id, **event})
        self.touch()
        return id

    def fail(self, method: str, *faults: Fault | None) -> None:
        """The next calls of a method get these answers; None: the real one."""
        self._faults[method].extend(faults)

    def seen_aside(self, chat: int, user: int) -> list[Shown]:
        """What stands in a group for the eyes of one person, oldest first."""
        return [shown for shown in self.asides.values() if (shown.chat, shown.eyes) == (chat, user)]

    def seen(self, chat: int) -> list[Shown]:
        """What stands in a chat for everybody, oldest first."""
        return [shown for (where, _), shown in sorted(self.messages.items()) if where == chat]

    @property
    def unconfirmed(self) -> list[int]:
        return [update["update_id"] for update in self._updates]

    def called(self, method: str) -> list[Json]:
        return [params for name, params in self.calls if name == method]

    # Inside

    def _take(self, name: str, step: int = 1) -> int:
        taken = self._next[name]
        self._next[name] += step
        return taken

    def _heard(self, user: Json, chat: Json | None, body: Json) -> Json:
        chat = chat or self._chats.setdefault(
            user["id"], {"id": user["id"], "type": "private", "first_name": user["first_name"]}
        )
        id = self._take("message")
        said = body.get("text") or body.get("caption") or ""
        self.messages[chat["id"], id] = Shown(chat=chat["id"], id=id, sender=user["id"], text=said)
        date = self._now() if self._now else START + id - 100
        return {"message_id": id, "from": user, "chat": chat, "date": date, **body}

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = await _params(request)
        self.calls.append((method, params))
        self.moments.append(self._now() if self._now else 0)
        fault = self._faults[method].popleft() if self._faults[method] else None
        if deaf := method == "sendMessage" and int(params["chat_id"]) in self.deaf:
            self.touch()
        while (deaf or (fault and fault.hangs)) and not self.closing:
            await self.changed.wait()
        if fault and not fault.late:
            answer = _broken(request, fault)
        elif request.match_info["token"] != TOKEN:
            answer = _error(401, "Unauthorized")
        else:
            answer = await self._answer(method, params)
            if fault:
                answer = _broken(request, fault)
        self.touch()
        return answer

    async def _answer(self, method: str, params: Json) -> web.Response:
        handler = getattr(self, f"_{method}", None)
        if handler is None or ("Ephemeral" in method and not self.knows_asides):
            return _error(404, "Not Found")
        try:
            result = handler(params)
            if asyncio.iscoroutine(result):
                result = await result
        except Bad as bad:
            return _error(bad.status, bad.description)
        return web.json_response({"ok": True, "result": result})

    async def _serve_file(self, request: web.Request) -> web.Response:
        data = self._files.get(request.match_info["path"])
        if request.match_info["token"] != TOKEN or data is None:
            return _error(404, "Not Found")
        return web.Response(body=data)

    # The methods

    def _getMe(self, params: Json) -> Json:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": self.hears_all}

    def _deleteWebhook(self, params: Json) -> bool:
        self.hook = {}
        return True

    def _getChatMember(self, params: Json) -> Json:
        chat = self._chat(params)
        return {"user": BOT, "status": "member", **self.rights.get(chat["id"], {})}

    def _setWebhook(self, params: Json) -> bool:
        if not str(params["url"]).startswith("https://"):
            raise Bad(400, "Bad Request: bad webhook: an HTTPS URL must be provided for webhook")
        self.hook = params
        if self._caller is None:
            self._caller = asyncio.create_task(self._call())
        self.touch()
        return True

    def _getWebhookInfo(self, params: Json) -> Json:
        told = {"url": self.hook.get("url", ""), "pending_update_count": len(self._updates)}
        wrong = next((status for status in reversed(self.statuses) if status != 200), None)
        if wrong is not None:
            date = self._now() if self._now else START
            why = f"Wrong response from the webhook: {wrong}"
            told |= {"last_error_date": date, "last_error_message": why}
        return told

    async def _call(self) -> None:
        """Call the webhook as Telegram does: chats side by side, each in its order, and an update
        again until it is taken."""
        busy: set[Any] = set()
        async with ClientSession() as session, asyncio.TaskGroup() as calls:
            while True:
                for update in list(self._updates) if self.hook else ():
                    chat = _chat_of(update)
                    if chat in busy or len(busy) == MAX_CONNECTIONS:
                        continue
                    busy.add(chat)
                    calls.create_task(self._hand_over(session, update, chat, busy))
                await self.changed.wait()

    async def _hand_over(
        self, session: ClientSession, update: Json, chat: Any, busy: set[Any]
    ) -> None:
        if set(update) & set(self.hook.get("allowed_updates") or update):
            status = await self._called(session, update)
            self.statuses.append(status)
            if status == 200:
                self._updates.remove(update)
            else:
                await asyncio.sleep(0.01)
        else:
            self._updates.remove(update)
        busy.discard(chat)
        self.touch()

    async def _called(self, session: ClientSession, update: Json) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": str(self.hook.get("secret_token", ""))}
        patience = ClientTimeout(total=2)
        call = session.post(self.target, json=update, headers=headers, timeout=patience)
        try:
            async with call as response:
                return response.status
        except (TimeoutError, ClientError):
            return 0

    def _setMyCommands(self, params: Json) -> bool:
        for entry in params["commands"]:
            name = entry["command"]
            if not (name.isascii() and name.replace("_", "").isalnum() and name == name.lower()):
                raise Bad(400, "Bad Request: BOT_COMMAND_INVALID")
        if len(params["commands"]) > MAX_COMMANDS:
            raise Bad(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        self.commands = params["commands"]
        scope = params.get("scope", {"type": "default"})
        self.menus[scope["type"], scope.get("chat_id")] = [c["command"] for c in self.commands]
        return True

    async def _getUpdates(self, params: Json) -> list[Json]:
        if self.hook:
            raise Bad(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine = self._polls
        offset = int(params.get("offset", 0))
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        self.touch()
        deadline = asyncio.get_running_loop().time() + int(params.get("timeout", 0))
        while not self._updates and not self.closing:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self.changed.wait(), left)
            except TimeoutError:
                break
            if self._polls != mine:
                raise Bad(409, "Conflict: terminated by other getUpdates request")
        kinds = params.get("allowed_updates", [])
        return [update for update in self._updates if not kinds or set(update) & set(kinds)][:100]

    def _sendMessage(self, params: Json) -> Json:
        shown = self._new(params, _text(params))
        shown.previews = not params.get("link_preview_options", {}).get("is_disabled", False)
        shown.called = [
            one["user"]["id"] for one in params.get("entities", ()) if _names(one, shown.text)
        ]
        aside = params.get("ephemeral_message_parameters")
        if aside and self.knows_asides:
            return self._whispered(shown, aside, params.get("reply_parameters", {}))
        return self._put(shown)

    def _whispered(self, shown: Shown, aside: Json, replies: Json) -> Json:
        """To a member at any time from an administrator, else within seconds of what they did."""
        now = self._now() if self._now else START
        who, at = self._pressed.get(str(aside.get("callback_query_id")), (0, 0))
        answered = self.asides.get(int(replies.get("ephemeral_message_id", 0)))
        fresh = who == aside["receiver_user_id"] and now - at <= ASIDE_SECONDS
        admin = self.rights.get(shown.chat, {}).get("status") == "administrator"
        if self._chats[shown.chat]["type"] != "supergroup":
            raise Bad(400, "Bad Request: ephemeral messages can be sent only in groups")
        if not (admin or fresh or answered):
            raise Bad(400, "Bad Request: not enough rights to send an ephemeral message")
        shown.eyes = int(aside["receiver_user_id"])
        self.asides[shown.id] = shown
        chat = self._chats[shown.chat]
        mine = {"message_id": 0, "ephemeral_message_id": shown.id}
        return {**mine, "from": BOT, "chat": chat, "date": START}

    def _deleteEphemeralMessage(self, params: Json) -> bool:
        self._aside(params)
        del self.asides[int(params["ephemeral_message_id"])]
        return True

    def _editEphemeralMessageText(self, params: Json) -> bool:
        shown = self._aside(params)
        shown.text, shown.buttons = _text(params), _buttons(params)
        return True

    def _aside(self, params: Json) -> Shown:
        shown = self.asides.get(int(params["ephemeral_message_id"]))
        place = int(params["chat_id"]), int(params["receiver_user_id"])
        if shown is None or (shown.chat, shown.eyes) != place:
            raise Bad(400, "Bad Request: EPHEMERAL_MESSAGE_ID_INVALID")
        return shown

    def _editMessageReplyMarkup(self, params: Json) -> Json:
        shown = self._mine(params, "edit")
        buttons = _buttons(params)
        if shown.buttons == buttons:
            raise Bad(400, "Bad Request: message is not modified: the same as before")
        shown.buttons = buttons
        return self._put(shown)

    def _sendPhoto(self, params: Json) -> Json:
        return self._sendDocument({**params, "document": params.get("photo")})

    def _sendDocument(self, params: Json) -> Json:
        document = params["document"]
        if not isinstance(document, tuple):
            raise Bad(400, "Bad Request: there is no document in the request")
        shown = self._new(params, params.get("caption", ""))
        shown.document = document
        return self._put(shown)

    def _editMessageText(self, params: Json) -> Json:
        shown = self._mine(params, "edit")
        text, buttons = _text(params), _buttons(params)
        if shown.document:
            raise Bad(400, "Bad Request: there is no text in the message to edit")
        if (shown.text, shown.buttons) == (text, buttons):
            raise Bad(400, "Bad Request: message is not modified: the same as before")
        shown.text, shown.buttons = text, buttons
        return self._put(shown)

    def _deleteMessage(self, params: Json) -> bool:
        self._chat(params)
        if self.messages.pop((int(params["chat_id"]), int(params["message_id"])), None) is None:
            raise Bad(400, "Bad Request: message to delete not found")
        return True

    def _answerCallbackQuery(self, params: Json) -> bool:
        if params["callback_query_id"] in self.answered:
            raise Bad(400, "Bad Request: query is too old and response timeout expired")
        self.answered.append(params["callback_query_id"])
        if word := params.get("text"):
            if len(word) > MAX_TOAST:
                raise Bad(400, "Bad Request: MESSAGE_TOO_LONG")
            self.toasts.append(word)
        return True

    def _getFile(self, params: Json) -> Json:
        data = self._files.get(params["file_id"])
        if data is None:
            raise Bad(400, "Bad Request: invalid file_id")
        if len(data) > MAX_DOWNLOAD:
            raise Bad(400, "Bad Request: file is too big")
        id = params["file_id"]
        return {"file_id": id, "file_unique_id": id, "file_size": len(data), "file_path": id}

    # Their checks

    def _chat(self, params: Json) -> Json:
        id = int(params["chat_id"])
        if id in self._chats:
            return self._chats[id]
        if id > 0:
            raise Bad(403, "Forbidden: bot can't initiate conversation with a user")
        raise Bad(400, "Bad Request: chat not found")

    def _new(self, params: Json, text: str) -> Shown:
        chat = self._chat(params)
        replies = params.get("reply_parameters", {})
        to = replies.get("message_id")
        if to is not None and (chat["id"], to) not in self.messages:
            if not replies.get("allow_sending_without_reply"):
                raise Bad(400, "Bad Request: message to be replied not found")
            to = None
        thread = params.get("message_thread_id")
        if thread is not None and not chat.get("is_forum"):
            raise Bad(400, "Bad Request: message thread not found")
        if thread is not None and (chat["id"], int(thread)) in self.closed_topics:
            raise Bad(400, "Bad Request: TOPIC_CLOSED")
        return Shown(
            chat=chat["id"],
            id=self._take("message"),
            sender=BOT["id"],  # type: ignore[arg-type]
            text=text,
            buttons=_buttons(params),
            asks=bool(params.get("reply_markup", {}).get("force_reply")),
            replies_to=to,
            thread=None if thread is None else int(thread),
        )

    def _mine(self, params: Json, deed: str) -> Shown:
        chat = self._chat(params)
        shown = self.messages.get((chat["id"], int(params["message_id"])))
        if shown is None:
            raise Bad(400, f"Bad Request: message to {deed} not found")
        if shown.sender != BOT["id"]:
            raise Bad(400, f"Bad Request: message can't be {deed}ed")
        return shown

    def _put(self, shown: Shown) -> Json:
        self.messages[shown.chat, shown.id] = shown
        chat = self._chats[shown.chat]
        return {"message_id": shown.id, "from": BOT, "chat": chat, "date": START}


def _chat_of(update: Json) -> Any:
    """The chat within which Telegram keeps the order of updates."""
    match next((event for kind, event in update.items() if kind != "update_id"), None):
        case {"chat": {"id": id}} | {"message": {"chat": {"id": id}}}:
            return id
        case _:
            return None


async def _params(request: web.Request) -> Json:
    """The fields of a form, nested JSON decoded, files as (name, bytes)."""
    params: Json = dict(request.query)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            params[name] = (value.filename, value.file.read())
        elif isinstance(value, str) and value[:1] in ("{", "["):
            try:
                params[name] = json.loads(value)
            except ValueError:
                params[name] = value
        else:
            params[name] = value
    for name, value in list(params.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            params[name] = params.pop(value.removeprefix("attach://"))
    # A text is never JSON, though it may look so.
    if "text" in params and not isinstance(params["text"], str):
        params["text"] = str((await request.post())["text"])
    return params


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _text(params: Json) -> str:
    text = str(params.get("text", ""))
    if not text.strip():
        raise Bad(400, "Bad Request: message text is empty")
    if _units(text) > MAX_UNITS:
        raise Bad(400, "Bad Request: message is too long")
    return text


def _buttons(params: Json) -> list[list[tuple[str, str]]]:
    rows = params.get("reply_markup", {}).get("inline_keyboard", [])
    return [[_button(button) for button in row] for row in rows]


def _button(button: Json) -> tuple[str, str]:
    if "copy_text" in button:
        copied: str = button["copy_text"]["text"]
        if not 1 <= len(copied) <= MAX_COPY:
            raise Bad(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
        return button["text"], copied
    data: str = button["callback_data"]
    if not 1 <= len(data.encode()) <= MAX_DATA:
        raise Bad(400, "Bad Request: BUTTON_DATA_INVALID")
    return button["text"], data


def _names(entity: Json, text: str) -> bool:
    """Whether a mention stands on the name of its person."""
    units = text.encode("utf-16-le")
    start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
    there = units[start:end].decode("utf-16-le")
    return bool(entity["type"] == "text_mention" and there == entity["user"]["first_name"])


def _error(status: int, description: str, parameters: Json | None = None) -> web.Response:
    body: Json = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def _broken(request: web.Request, fault: Fault) -> web.Response:
    if fault.reset:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.json is not None:
        return web.json_response(fault.json, status=fault.status)
    if fault.body:
        return web.Response(status=fault.status, text=fault.body, content_type="text/html")
    return _error(fault.status, fault.description, fault.parameters)
