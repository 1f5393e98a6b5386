"""WeCom calling back: the same people as on the long connection, but their words come sealed to
our address, and what we say comes as the answer, by a one-time address, or by the interface."""

import asyncio
import base64
import io
import json
import secrets
import xml.sax.saxutils as escape
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
from aiohttp import web

from bot.adapters.wecom.crypto import Seal
from tests.emulators.wecom_bot import Json, Shown, WecomBot, shown_card

TOKEN, AES_KEY = "callback-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CORP, AGENT, APP_SECRET, APP_TOKEN = "ww0123456789abcdef", 1000002, "a" * 43, "app-token"
WEBHOOK = "hook-key"
DUPLICATES = "enable_duplicate_check", "duplicate_check_interval"
TRIES = 3
PATIENCE = 5.0


class WecomCaller(WecomBot):
    """`target` is where our server listens. A person's presses on the app's cards come by the
    app's callback, all else by the bot's."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        super().__init__(now=now)
        self.target = ""
        self.bot_seal = Seal(TOKEN, AES_KEY, "")
        self.app_seal = Seal(APP_TOKEN, AES_KEY, CORP)
        self.statuses: list[int] = []
        self.app_cards: dict[str, tuple[str, str, float]] = {}
        self.valid_tokens: set[str] = set()
        self.tokens_given = 0
        self.out_of_range: set[str] = set()
        self.hook_group = ""
        self.impatient = 0
        """How many times more a message comes before it is answered."""
        self._answered: set[str] = set()
        self.refuses = 0
        """The code by which the app is refused, 0 for none."""
        self.visible: list[str] = []
        self.departments: dict[int, tuple[str, int]] = {}
        self.members: list[Json] = []
        self.said_at: dict[tuple[str, str], float] = {}
        self._late: dict[str, str] = {}
        self._calls: set[asyncio.Task[None]] = set()

    def routes(self, app: web.Application) -> None:
        super().routes(app)
        app.router.add_post("/late/{id}", self._late_answer)
        app.router.add_get("/cgi-bin/gettoken", self._gettoken)
        app.router.add_post("/cgi-bin/message/send", self._with_token(self._message_send))
        app.router.add_post(
            "/cgi-bin/message/update_template_card", self._with_token(self._update_card)
        )
        for path, told in (
            ("agent/get", self._agent_get),
            ("department/simplelist", self._departments),
            ("department/get", self._department),
            ("user/list", self._members),
        ):
            app.router.add_get(f"/cgi-bin/{path}", self._with_token(told))
        app.router.add_post("/cgi-bin/media/upload", self._with_token(self._media_upload))
        app.router.add_get("/cgi-bin/media/get", self._media_get)
        app.router.add_post("/cgi-bin/webhook/send", self._webhook_send)
        app.router.add_post("/cgi-bin/webhook/upload_media", self._webhook_upload)

    # --- calling --------------------------------------------------------------------------

    def _deliver(self, frame: Json) -> None:
        request, body = frame["headers"]["req_id"], dict(frame["body"])
        task = str(body.get("event", {}).get("template_card_event", {}).get("task_id", ""))
        if task in self.app_cards:
            self._spawn(self._call_app(_press_xml(body, self.app_cards[task][1], int(self.now()))))
            return
        self._late[request] = request
        body["response_url"] = f"{self.base}/late/{request}"
        for _ in range(self.impatient + 1):
            self._spawn(self._call_bot(request, body))

    tells_keys = False

    def _file_key(self) -> bytes:
        return base64.b64decode(f"{AES_KEY}=")

    def writes_to_app(self, user: str, text: str) -> None:
        """A member writes in the app's own chat."""
        self.sends_to_app(user, "text", Content=text)

    def sends_to_app(self, user: str, kind: str, **more: str) -> None:
        """A member sends anything else there."""
        fields = {
            "ToUserName": CORP,
            "FromUserName": user,
            "CreateTime": str(int(self.now())),
            "MsgType": kind,
            **more,
            "MsgId": str(next(self._count)),
            "AgentID": str(AGENT),
        }
        self._spawn(self._call_app(_xml(fields)))

    def shows_to_app(self, user: str, data: bytes) -> None:
        """A member sends a picture there, which is a medium for three days."""
        media = f"shown-{next(self._count)}"
        self.media[media] = "", data
        self.sends_to_app(user, "image", PicUrl="http://wework.qpic.cn/1", MediaId=media)

    async def quiet(self) -> None:
        """Until every call has been answered."""
        while self._calls:
            await asyncio.gather(*self._calls)

    def _spawn(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(call)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call_bot(self, request: str, body: Json) -> None:
        sealed = self.bot_seal.seal(json.dumps(body, ensure_ascii=False).encode())
        for _ in range(TRIES):
            status, answer = await self.post(
                "/wecom/bot", self.bot_seal, sealed, json.dumps({"encrypt": sealed}).encode()
            )
            if status == 200:
                if answer and request not in self._answered:
                    self._answered.add(request)
                    self._passive(request, json.loads(answer))
                return

    async def _call_app(self, plain: str) -> None:
        sealed = self.app_seal.seal(plain.encode())
        for _ in range(TRIES):
            status, answer = await self.post(
                "/wecom/app", self.app_seal, sealed, _xml({"Encrypt": sealed}).encode()
            )
            if status == 200:
                assert answer == b""
                return

    async def post(self, path: str, seal: Seal, sealed: str, body: bytes) -> tuple[int, bytes]:
        """One signed call."""
        stamp, nonce = str(int(self.now())), secrets.token_hex(5)
        query = {
            "msg_signature": seal.signature(stamp, nonce, sealed),
            "timestamp": stamp,
            "nonce": nonce,
        }
        return await self.raw(path, query, body)

    async def raw(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """One call as anybody could make it."""
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.post(f"{self.target}{path}", params=query, data=io.BytesIO(body)) as response,
        ):
            self.statuses.append(response.status)
            return response.status, await response.read()

    def _passive(self, request: str, answer: Json) -> None:
        signature = self.bot_seal.signature(
            str(answer["timestamp"]), answer["nonce"], answer["encrypt"]
        )
        plain = self.bot_seal.open(
            signature, str(answer["timestamp"]), answer["nonce"], answer["encrypt"]
        )
        assert answer["msgsignature"] == signature
        body = json.loads(plain)
        asked = self.requests[request]
        if body.get("response_type") == "update_template_card":
            assert asked.kind == "press"
            assert self._update(request, body) == {}
        elif body["msgtype"] == "stream":
            assert asked.kind == "message"
            assert body["stream"]["finish"] is True
            content = body["stream"]["content"]
            said = {"msgtype": "markdown", "markdown": {"content": content}}
            assert self._show(asked.chat, said) == {}
        else:
            assert body["msgtype"] == "template_card" or asked.kind == "welcome"
            assert self._show(asked.chat, body) == {}

    async def _late_answer(self, request: web.Request) -> web.Response:
        asked = self._late.pop(request.match_info["id"], "")
        if not asked:
            return web.json_response({"errcode": 846605, "errmsg": "invalid response_code"})
        body = await request.json()
        if body["msgtype"] not in ("markdown", "template_card"):
            return web.json_response({"errcode": 40008, "errmsg": "invalid message type"})
        said = self._show(self.requests[asked].chat, body)
        return web.json_response({"errcode": 0, "errmsg": "ok", **said})

    # --- the interface --------------------------------------------------------------------

    async def _gettoken(self, request: web.Request) -> web.Response:
        if (request.query["corpid"], request.query["corpsecret"]) != (CORP, APP_SECRET):
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        self.tokens_given += 1
        token = f"token-{self.tokens_given}"
        self.valid_tokens = {token}
        return web.json_response({"errcode": 0, "access_token": token, "expires_in": 7200})

    def _with_token(self, handle: Callable[[web.Request], Any]) -> Any:
        async def checked(request: web.Request) -> web.Response:
            if request.query.get("access_token") not in self.valid_tokens:
                return web.json_response({"errcode": 40014, "errmsg": "invalid access_token"})
            said = await handle(request)
            return web.json_response({"errcode": 0, "errmsg": "ok", **said})

        return checked

    async def _agent_get(self, request: web.Request) -> Json:
        if self.refuses:
            return {"errcode": self.refuses, "errmsg": "not allow to access from your ip: 10.1.2.3"}
        if int(request.query["agentid"]) != AGENT:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        users = [{"userid": user} for user in self.visible]
        return {"name": "宣传助手", "close": 0, "allow_userinfos": {"user": users}}

    async def _departments(self, request: web.Request) -> Json:
        rows = [{"id": n, "parentid": parent} for n, (_, parent) in self.departments.items()]
        return {"department_id": rows}

    async def _department(self, request: web.Request) -> Json:
        number = int(request.query["id"])
        return {"department": {"id": number, "name": self.departments[number][0]}}

    async def _members(self, request: web.Request) -> Json:
        number = int(request.query["department_id"])
        return {"userlist": [row for row in self.members if number in row["department"]]}

    async def _message_send(self, request: web.Request) -> Json:
        body = await request.json()
        member = body["touser"]
        if member in self.out_of_range:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        checked, within = (body.pop(name, 0) for name in DUPLICATES)
        words = member, json.dumps(body, sort_keys=True)
        before, self.said_at[words] = self.said_at.get(words), self.now()
        if checked and before is not None and self.now() - before < within:
            return {}
        assert body["agentid"] == AGENT
        if body["msgtype"] == "text" and len(body["text"]["content"].encode()) > 2048:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        said = self._show(member, body)
        if said == {} and body["msgtype"] == "template_card":
            code = secrets.token_hex(8)
            self.app_cards[body["template_card"]["task_id"]] = member, code, self.now()
            return {"response_code": code}
        return said

    async def _update_card(self, request: web.Request) -> Json:
        body = await request.json()
        task = body["template_card"]["task_id"]
        member, code, _ = self.app_cards[task]
        if body["response_code"] != code or body["userids"] != [member]:
            return {"errcode": 40058, "errmsg": "invalid response_code"}
        old = next(shown for shown in reversed(self.chats[member]) if shown.task == task)
        new = shown_card(body["template_card"])
        old.text, old.buttons = new.text, new.buttons
        self.app_cards[task] = member, secrets.token_hex(8), self.now()
        return {}

    async def _media_upload(self, request: web.Request) -> Json:
        part = (await request.post())["media"]
        assert isinstance(part, web.FileField)
        media = f"media-{next(self._count)}"
        self.media[media] = part.filename, part.file.read()
        return {"type": "file", "media_id": media, "created_at": "1"}

    async def _media_get(self, request: web.Request) -> web.Response:
        if request.query.get("access_token") not in self.valid_tokens:
            return web.json_response({"errcode": 42001, "errmsg": "access_token expired"})
        found = self.media.get(request.query["media_id"])
        if found is None:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        return web.Response(body=found[1], content_type="image/jpeg")

    async def _webhook_send(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.query.get("key") != WEBHOOK:
            return web.json_response({"errcode": 93000, "errmsg": "invalid webhook url"})
        if body["msgtype"] not in ("file", "text", "markdown", "image"):
            return web.json_response({"errcode": 40008, "errmsg": "invalid message type"})
        if body["msgtype"] == "file":
            file = self.media[body["file"]["media_id"]]
            self.chats[self.hook_group].append(Shown("", file=file))
        elif len(body["text"]["content"].encode()) > 2048:
            return web.json_response({"errcode": 40058, "errmsg": "exceed max length 2048"})
        else:
            called = set(body["text"].get("mentioned_list", ()))
            self.chats[self.hook_group].append(Shown(body["text"]["content"], called=called))
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _webhook_upload(self, request: web.Request) -> web.Response:
        return web.json_response({"errcode": 0, **await self._media_upload(request)})


def _press_xml(body: Json, code: str, at: int) -> str:
    card = body["event"]["template_card_event"]
    items = "".join(
        f"<SelectedItem><QuestionKey>{item['question_key']}</QuestionKey><OptionIds>"
        + "".join(f"<OptionId>{one}</OptionId>" for one in item["option_ids"]["option_id"])
        + "</OptionIds></SelectedItem>"
        for item in card.get("selected_items", {}).get("selected_item", ())
    )
    return _xml(
        {
            "ToUserName": CORP,
            "FromUserName": body["from"]["userid"],
            "CreateTime": str(at),
            "MsgType": "event",
            "Event": "template_card_event",
            "EventKey": card["event_key"],
            "TaskId": card["task_id"],
            "CardType": card["card_type"],
            "ResponseCode": code,
            "AgentID": str(AGENT),
        },
        f"<SelectedItems>{items}</SelectedItems>" if items else "",
    )


def _xml(fields: dict[str, str], more: str = "") -> str:
    inner = "".join(f"<{name}>{escape.escape(said)}</{name}>" for name, said in fields.items())
    return f"<xml>{inner}{more}</xml>"
