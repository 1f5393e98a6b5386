"""The page at `/`: people say, press, send files and jump through it, and see what arrives."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from importlib import resources
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.playground.pages.door import FILES, is_loopback
from bot.playground.pages.views import PersonView, Try, private_chat
from bot.playground.web import FARTHEST, KEEP, STAFF, WebPage
from commands.chat.messages import MAX_FILE, Button, Chat, File, Incoming, Outgoing

START = 1_712_023_200  # 2024-04-02 10:00
LI = PersonView(account="u-li", name="李雪", unit="信息工程系", roles=("教师",))
WANG = PersonView(account="u-wang", name="王建国", unit="机电工程系", roles=("部门负责人",))


@dataclass
class Stage:
    """A page, a browser, and an inside that notes what it hears and answers as told."""

    people: list[PersonView] = field(default_factory=lambda: [LI, WANG])
    at: int = START
    heard: list[Incoming] = field(default_factory=list)
    answer: Callable[[Incoming], Outgoing | None] = lambda _: None
    due: list[Outgoing] = field(default_factory=list)
    page: WebPage = field(init=False)
    client: Any = None

    def __post_init__(self) -> None:
        self.page = WebPage(people=lambda: list(self.people), now=lambda: self.at, jump=self.jump)

    async def receive(self, incoming: Incoming) -> None:
        self.heard.append(incoming)
        if (answer := self.answer(incoming)) is not None:
            await self.page.send(answer)

    async def jump(self, to: int) -> None:
        self.at = to
        for message in self.due:
            await self.page.send(message)

    async def post(self, path: str, body: Any, **options: Any) -> tuple[int, dict[str, Any]]:
        async with self.client.post(path, json=body, **options) as response:
            return response.status, await response.json()

    async def say(self, text: str, chat: str = "private", person: str = "u-li", **more: Any) -> Any:
        status, told = await self.post(
            "/api/say", {"person": person, "chat": chat, "text": text, **more}
        )
        assert status == 200, told
        return told["message"]

    async def upload(self, data: bytes, name: str, **fields: str) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData({"person": "u-li", "chat": "private", **fields}, quote_fields=False)
        form.add_field("file", BytesIO(data), filename=name)
        async with self.client.post("/api/file", data=form) as response:
            return response.status, await response.json()

    async def state(self, *people: str) -> dict[str, Any]:
        query = [("person", person) for person in people]
        async with self.client.get("/api/state", params=query) as response:
            found: dict[str, Any] = await response.json()
            return found

    async def shown(self, chat: str = "private:u-li") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.state("u-li", "u-wang"))["chats"][chat]
        return found


def sent(text: str, chat: Chat = STAFF, labels: str = "", **more: Any) -> Outgoing:
    row = tuple(Button(label=label, says=f"do {label}") for label in labels.split())
    return Outgoing(
        key="k", chat=chat, kind="notice", text=text, buttons=(row,) if row else (), **more
    )


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    app = web.Application()
    stage.page.mount(app)
    async with TestClient(TestServer(app)) as client:
        stage.client = client
        running = asyncio.create_task(stage.page.run(stage.receive))
        yield stage
        running.cancel()


async def events(stream: aiohttp.ClientResponse, *, until: str) -> list[tuple[str, Any]]:
    """The changes a page is told, up to the first of a kind."""
    found: list[tuple[str, Any]] = []
    while not found or found[-1][0] != until:
        told = (await stream.content.readuntil(b"\n\n")).decode()
        kind, data = re.fullmatch(r"event: (\w+)\ndata: (.*)\n\n", told).groups()
        found.append((kind, json.loads(data)))
    return found


# --- speaking -----------------------------------------------------------------------------------


async def test_what_is_said_has_been_received_when_the_page_is_answered(stage: Stage) -> None:
    await stage.say("帮助")

    (event,) = stage.heard
    assert (event.author, event.author_name, event.text) == ("u-li", "李雪", "帮助")
    assert (event.chat, event.sent_at) == (private_chat("u-li"), START)


async def test_the_group_is_one_for_everybody(stage: Stage) -> None:
    await stage.say("大家好", "staff")
    await stage.say("您好", "staff", "u-wang")

    assert [(m["name"], m["text"]) for m in await stage.shown("staff")] == [
        ("李雪", "大家好"),
        ("王建国", "您好"),
    ]
    assert all(event.chat.group and not event.addressed for event in stage.heard)


async def test_a_private_chat_is_seen_by_its_own_person_alone(stage: Stage) -> None:
    await stage.say("我的")

    assert (await stage.state("u-wang"))["chats"] == {"staff": [], "private:u-wang": []}


async def test_quoting_us_addresses_us_and_shows_what_is_quoted(stage: Stage) -> None:
    card = await stage.page.send(sent("任务 #186"))

    await stage.say("已转", "staff", quote=card.message)

    assert (stage.heard[0].quote, stage.heard[0].addressed) == ("任务 #186", True)
    assert (await stage.shown("staff"))[-1]["answers"] == card.message


async def test_quoting_a_colleague_does_not_address_us(stage: Stage) -> None:
    said = await stage.say("周五开会", "staff", "u-wang")

    await stage.say("收到", "staff", quote=said)

    assert not stage.heard[1].addressed


async def test_half_a_character_does_no_harm(stage: Stage) -> None:
    await stage.say("好\ud83d的")

    assert stage.heard[0].text == "好?的"


@pytest.mark.parametrize(
    ("said", "status", "because"),
    [
        ({"person": "u-nobody", "chat": "private", "text": "帮助"}, 404, "名册里没有这个人"),
        ({"person": "u-li", "chat": "elsewhere", "text": "帮助"}, 404, "没有这个群"),
        ({"person": "u-li", "chat": "private", "text": " \n"}, 400, "还没有写字"),
        ({"person": "u-li", "chat": "private", "text": 5}, 400, "要写成文字"),
        ({"person": "u-li", "chat": "private", "text": "长" * 30_000}, 413, "太长"),
        ({"person": "u-li", "chat": "staff", "text": "好", "quote": "m99"}, 409, "已经不在"),
        (["u-li"], 400, "JSON"),
    ],
)
async def test_what_cannot_be_said_is_refused_in_one_sentence(
    stage: Stage, said: dict[str, object], status: int, because: str
) -> None:
    answered, told = await stage.post("/api/say", said)

    assert (answered, because in told["error"]) == (status, True)
    assert not stage.heard


@pytest.mark.parametrize("body", ["{", "[" * 20_000, "", '"x"'])
async def test_a_body_that_is_no_object_is_refused(stage: Stage, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    async with stage.client.post("/api/say", data=body, headers=headers) as response:
        assert response.status == 400
        assert "JSON" in (await response.json())["error"]


async def test_a_fault_of_ours_is_a_sentence_and_no_trace(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: object) -> None:
        raise RuntimeError("secret detail")

    stage.answer = fails

    status, told = await stage.post("/api/say", {"person": "u-li", "chat": "staff", "text": "好"})

    assert (status, told) == (500, {"error": "没有办成，请再试一次。"})
    assert "page request failed" in caplog.text


# --- pressing -----------------------------------------------------------------------------------


def press(card: Any, button: Any, **more: Any) -> dict[str, Any]:
    return {
        "person": "u-li",
        "chat": "staff",
        "message": card.message,
        "button": button,
        **more,
    }


async def test_a_press_says_what_the_button_says(stage: Stage) -> None:
    card = await stage.page.send(sent("待审 #12", labels="通过 退回"))

    status, _ = await stage.post("/api/press", press(card, 1, label="退回"))

    assert status == 200
    assert (stage.heard[0].press, stage.heard[0].message) == ("do 退回", card.message)


async def test_a_pressed_card_changes_in_its_place(stage: Stage) -> None:
    card = await stage.page.send(sent("待审 #12", labels="通过 退回"))
    await stage.page.send(sent("后面的"))
    stage.answer = lambda event: sent("已过 #12", edits=event.message)

    await stage.post("/api/press", press(card, 0))

    first, second = await stage.shown("staff")
    assert (first["text"], first["buttons"], first["edited"]) == ("已过 #12", [], True)
    assert second["text"] == "后面的"


@pytest.mark.parametrize(
    ("button", "label"), [(2, ""), (-1, ""), (True, ""), ("0", ""), (None, ""), (0, "退回")]
)
async def test_a_button_that_is_not_there_is_not_pressed(
    stage: Stage, button: int, label: str
) -> None:
    card = await stage.page.send(sent("待审 #12", labels="通过 退回"))

    status, told = await stage.post("/api/press", press(card, button, label=label))

    assert (status, "按钮" in told["error"]) == (409, True)
    assert not stage.heard


async def test_a_message_of_another_chat_cannot_be_pressed(stage: Stage) -> None:
    card = await stage.page.send(sent("待审 #12", private_chat("u-wang"), "通过"))

    status, _ = await stage.post("/api/press", press(card, 0, chat="private"))

    assert (status, stage.heard) == (409, [])


# --- files --------------------------------------------------------------------------------------


async def test_a_file_goes_in_with_its_name_and_words(stage: Stage) -> None:
    status, _ = await stage.upload("工号,姓名\n".encode(), "C:\\表\\名册.csv", text="名册")

    (event,) = stage.heard
    assert (status, event.text) == (200, "名册")
    assert event.file == File(name="名册.csv", data="工号,姓名\n".encode())


async def test_a_file_of_five_mebibytes_is_taken_and_not_a_byte_more(stage: Stage) -> None:
    taken, _ = await stage.upload(b"x" * MAX_FILE, "a.xlsx")
    refused, told = await stage.upload(b"x" * (MAX_FILE + 1), "a.xlsx")

    assert (taken, refused) == (200, 413)
    assert "5 MB" in told["error"]
    assert len(stage.heard) == 1


async def test_a_file_is_downloaded_as_it_was_sent(stage: Stage) -> None:
    await stage.page.send(sent("月报", files=(File(name="4月 月报.xlsx", data=b"PK\0"),)))
    ((shown,),) = [message["files"] for message in await stage.shown("staff")]

    async with stage.client.get(f"/api/files/{shown['id']}") as response:
        assert await response.read() == b"PK\0"
        assert response.content_disposition.filename == "4月 月报.xlsx"
        assert response.content_disposition.type == "attachment"


@pytest.mark.parametrize("id_", ["m1.0", "m1", "{}.1", "{}.x", "{}.-1", "{}." + "9" * 5_000])
async def test_a_file_that_is_not_there_is_not_found(stage: Stage, id_: str) -> None:
    card = await stage.page.send(sent("月报", files=(File(name="a.xlsx", data=b"PK"),)))

    async with stage.client.get(f"/api/files/{id_.format(card.message)}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"<svg onload='alert(1)'/>", "application/octet-stream"),
        (b"GIF89a", "application/octet-stream"),
    ],
)
async def test_only_pictures_that_hold_no_script_are_shown(
    stage: Stage, data: bytes, kind: str
) -> None:
    await stage.page.send(sent("图", files=(File(name="图.png", data=data),)))
    ((shown,),) = [message["files"] for message in await stage.shown("staff")]

    async with stage.client.get(f"/api/files/{shown['id']}") as response:
        assert (response.content_type, shown["shown"]) == (kind, kind.startswith("image/"))


async def test_the_file_of_a_removed_message_is_gone_with_it(stage: Stage) -> None:
    card = await stage.page.send(sent("线索", files=(File(name="a.csv", data=b"138"),)))
    await stage.page.send(sent("已移除", deletes=(card.message,)))

    async with stage.client.get(f"/api/files/{card.message}.0") as response:
        assert response.status == 404


async def test_an_upload_without_a_file_is_refused(stage: Stage) -> None:
    form = aiohttp.FormData({"person": "u-li", "chat": "private"}, default_to_multipart=True)
    async with stage.client.post("/api/file", data=form) as response:
        assert (response.status, stage.heard) == (400, [])


# --- what a page is told ------------------------------------------------------------------------


async def test_a_page_begins_with_everything_and_goes_on_with_changes(stage: Stage) -> None:
    await stage.say("早")
    stage.answer = lambda event: sent("可以这样说", event.chat, answers=event.message)

    async with stage.client.get("/api/events?person=u-li") as stream:
        ((_, state),) = await events(stream, until="state")
        said = await stage.say("帮助")
        told = await events(stream, until="unread")

    assert [m["text"] for m in state["chats"]["private:u-li"]] == ["早"]
    assert [person["name"] for person in state["people"]] == ["李雪", "王建国"]
    messages = [data["message"] for kind, data in told if kind == "message"]
    assert [m["text"] for m in messages] == ["帮助", "可以这样说"]
    assert [m["author"] for m in messages] == ["u-li", None]
    assert messages[1]["answers"] == said


async def test_a_page_is_told_what_was_removed(stage: Stage) -> None:
    said = await stage.say("报线索 张某 13800138000", "staff")

    async with stage.client.get("/api/events") as stream:
        await events(stream, until="state")
        await stage.page.send(sent("已收", deletes=(said,)))
        ((_, gone),) = await events(stream, until="gone")

    assert gone == {"chat": "staff", "ids": [said]}
    assert "13800138000" not in json.dumps(await stage.state("u-li"))


async def test_private_messages_count_until_they_are_seen(stage: Stage) -> None:
    await stage.page.send(sent("一", private_chat("u-wang")))
    card = await stage.page.send(sent("二", private_chat("u-wang")))
    await stage.page.send(sent("二，改", private_chat("u-wang"), edits=card.message))
    await stage.page.send(sent("群里", STAFF))

    before = (await stage.state())["unread"]
    await stage.post("/api/seen", {"person": "u-wang"})

    assert before == {"u-wang": 2}
    assert (await stage.state())["unread"] == {}


async def test_a_removed_message_no_longer_counts_as_unseen(stage: Stage) -> None:
    card = await stage.page.send(sent("一", private_chat("u-wang")))
    await stage.page.send(sent("群里", deletes=(card.message,)))

    assert (await stage.state())["unread"] == {}


async def test_others_learn_that_something_arrived_but_not_what(stage: Stage) -> None:
    async with stage.client.get("/api/events?person=u-li") as stream:
        await events(stream, until="state")
        await stage.page.send(sent("只给王主任", private_chat("u-wang")))
        told = await events(stream, until="unread")

    assert told == [("unread", {"person": "u-wang", "count": 1})]


async def test_somebody_new_on_the_roster_appears_on_open_pages(stage: Stage) -> None:
    new = PersonView(account="u-new", name="何平")
    stage.answer = lambda _: stage.people.append(new)

    async with stage.client.get("/api/events") as stream:
        await events(stream, until="state")
        await stage.upload(b"x", "名册.csv")
        told = await events(stream, until="people")

    assert told[-1][1][-1]["name"] == "何平"


async def test_a_chat_keeps_its_last_five_hundred_messages(stage: Stage) -> None:
    for number in range(KEEP + 5):
        await stage.page.send(sent(str(number)))

    shown = await stage.shown("staff")

    assert (len(shown), shown[0]["text"]) == (KEEP, "5")


async def test_open_pages_do_not_hold_up_the_end(stage: Stage) -> None:
    async with stage.client.get("/api/events") as stream:
        await events(stream, until="state")
        async with asyncio.timeout(5):
            await stage.client.server.close()
        assert await stream.content.read() == b""


# --- the clock ----------------------------------------------------------------------------------


async def test_a_jump_delivers_what_is_due_and_says_to_whom(stage: Stage) -> None:
    stage.due = [sent("PPT 待交", private_chat("u-wang")), sent("本周通报"), sent("再提醒")]

    status, told = await stage.post("/api/jump", {"at": "2024-04-05T08:00"})

    assert status == 200
    assert told["now"] == stage.at == START + 3 * 86_400 - 2 * 3_600
    assert told["delivered"] == {"private:u-wang": 1, "staff": 2}


async def test_a_jump_shows_how_far_it_has_come_and_what_it_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.playground.web.PULSE", 0)
    new = PersonView(account="u-new", name="何平")

    async def half(to: int) -> None:
        stage.at = (START + to) // 2
        await stage.page.send(sent("本周通报"))
        await asyncio.sleep(0)
        assert (await stage.state())["jumping"]["delivered"] == 1
        stage.at = to
        stage.people.append(new)

    stage.page._jump = half
    async with stage.client.get("/api/events") as stream:
        await events(stream, until="state")
        _, done = await stage.post("/api/jump", {"at": "2024-04-03T10:00"})
        told = await events(stream, until="people")

    clocks = [data for kind, data in told if kind == "clock"]
    way = {"from": START, "to": START + 86_400, "delivered": 1}
    assert {"now": START + 43_200, "jumping": way} in clocks
    assert clocks[-1] == {"now": START + 86_400, "jumping": None}
    assert done["delivered"] == {"staff": 1}
    assert told[-1][1][-1]["name"] == "何平"


async def test_what_may_be_tried_is_proposed_for_those_who_are_there(stage: Stage) -> None:
    stage.page.tries = [
        Try(person=who, label="看得分", says="得分") for who in ("u-li", "u-nobody")
    ]

    assert (await stage.state())["tries"] == [{"person": "u-li", "label": "看得分", "says": "得分"}]


@pytest.mark.parametrize(
    ("at", "because"),
    [
        ("2024-04-02T10:00", "只能往前拨，现在是 4月2日 10:00"),
        ("2024-04-02T01:59:59+00:00", "只能往前拨"),
        ("2099-01-01T00:00", "最多往前拨一年"),
        ("9999-12-31T23:59:59-12:00", "最多往前拨一年"),
        ("0001-01-01T00:00+12:00", "时间"),
        ("明天", "时间没看懂"),
        ("", "时间没看懂"),
    ],
)
async def test_the_clock_goes_forward_only_and_not_too_far(
    stage: Stage, at: object, because: str
) -> None:
    status, told = await stage.post("/api/jump", {"at": at})

    assert status in {400, 409}
    assert because in told["error"]
    assert stage.at == START


async def test_the_farthest_jump_is_allowed(stage: Stage) -> None:
    farthest = "2025-04-03T10:00"

    assert (await stage.post("/api/jump", {"at": farthest}))[0] == 200
    assert stage.at == START + FARTHEST


# --- the door -----------------------------------------------------------------------------------

SAYING = {"person": "u-li", "chat": "staff", "text": "好"}


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/state", "/api/events"])
@pytest.mark.parametrize("host", ["school.example", "127.0.0.1.school.example", "10.0.0.5:8080"])
async def test_a_name_from_elsewhere_opens_nothing(stage: Stage, path: str, host: str) -> None:
    async with stage.client.get(path, headers={"Host": host}) as response:
        assert response.status == 421
        assert "只在本机打开" in (await response.json())["error"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "[::1]:8080", "127.9.9.9:1"])
def test_names_of_this_machine_are_served(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "localhost.", "a.localhost", "0.0.0.0", "[::", "x@10.0.0.1"])
def test_other_names_are_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://school.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_pages_cannot_write(stage: Stage, headers: dict[str, str]) -> None:
    status, told = await stage.post("/api/say", SAYING, headers=headers)

    assert (status, "不是这一页" in told["error"]) == (403, True)
    assert not stage.heard


async def test_the_page_itself_can_write(stage: Stage) -> None:
    own = str(stage.client.make_url("/")).rstrip("/")

    status, _ = await stage.post(
        "/api/say", SAYING, headers={"Origin": own, "Sec-Fetch-Site": "same-origin"}
    )

    assert status == 200


@pytest.mark.parametrize("path", ["/api/say", "/api/press", "/api/file", "/api/seen", "/api/jump"])
async def test_a_plain_form_cannot_write(stage: Stage, path: str) -> None:
    async with stage.client.post(path, data={"person": "u-li", "at": "2025-01-01"}) as response:
        assert response.status == 415
    assert (stage.heard, stage.at) == ([], START)


async def test_the_page_is_whole_and_fetches_nothing_from_elsewhere(stage: Stage) -> None:
    for path, (_, kind) in FILES.items():
        async with stage.client.get(path) as response:
            text = await response.text()
        assert (response.status, response.content_type) == (200, kind)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_every_module_is_reached_from_the_page_and_does_one_job() -> None:
    pages = resources.files("bot.playground.pages")
    sources = {
        name.removeprefix("static/"): pages.joinpath(name).read_text("utf-8")
        for name, _ in FILES.values()
        if name.endswith(".js")
    }
    imported = {name: set(re.findall(r'from "\./(.+)";', said)) for name, said in sources.items()}
    reached, ahead = set[str](), {"page.js"}
    while ahead:
        reached |= ahead
        ahead = set().union(*map(imported.__getitem__, ahead)) - reached
    assert reached == sources.keys()
    assert max(said.count("\n") for said in sources.values()) <= 250


def test_the_page_never_makes_markup_of_text() -> None:
    pages = resources.files("bot.playground.pages")
    names = [name for name, _ in FILES.values() if name.endswith(".js")]
    script = "\n".join(pages.joinpath(name).read_text("utf-8") for name in names)
    page = pages.joinpath("index.html").read_text("utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert not re.search(r"<script>|\son\w+=|\sstyle=|javascript:", page)
