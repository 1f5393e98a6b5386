"""WeCom by callback: the bot that only answers, with the app for members and the webhook for the
group beside it; and whoever calls without being WeCom."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from commands.chat.errors import Refused, Retry, Unreachable
from commands.chat.messages import MAX_FILE, Chat, File, Incoming, Outgoing, Receipt
from scoring.errors import PlatformError
from tests.contract.adapter_contract import (
    YES_NO,
    AdapterContract,
    Inbox,
    Seen,
    fetched,
    listening,
    said,
)
from tests.contract.wecom_callback_harness import Site, site
from tests.contract.wecom_harness import AtWork, Clock
from tests.emulators.loopback import START
from tests.emulators.wecom_bot import NAME
from tests.emulators.wecom_caller import APP_SECRET, WecomCaller
from tests.worlds.photos import photo

ASKED = "有人问"
FORGERIES = 3_000


class Answering(AtWork):
    """Whatever the bot says here, somebody has asked for it in that chat."""

    service: WecomCaller

    async def send(self, message: Outgoing) -> Receipt:
        if message.answers or message.calls or message.chat.id == "stranger":
            return await super().send(message)
        self.asked: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        asks: dict[str, object] = {"msgtype": "text", "text": {"content": ASKED}}
        chat = message.chat
        self.service.brings("zhao" if chat.group else chat.id, asks, chat.id if chat.group else "")
        receipt = await super().send(replace(message, answers=await self.asked))
        await self.service.quiet()  # people see a passive answer once the call is answered
        return receipt

    async def _hand_on(self, incoming: Incoming) -> None:
        if incoming.text == ASKED:
            self.asked.set_result(incoming.message)
        else:
            await super()._hand_on(incoming)


class Harness:
    """See `adapter_contract.Harness`."""

    def __init__(self, found: Site) -> None:
        self.service = found.service
        self.adapter = Answering(found.adapter)
        self.adapter.service = found.service
        self._group = found.service.group()
        found.service.hook_group = self._group
        found.service.out_of_range.add("stranger")

    def private(self, user: str) -> Chat:
        return Chat(platform="wecom", id=user)

    def group(self) -> Chat:
        return Chat(platform="wecom", id=self._group, group=True)

    def user_says(self, user: str, text: str, *, chat: Chat, mention: bool = False) -> None:
        said = f"@{NAME} {text}" if mention else text
        self.service.says(user, said, chat.id if chat.group else "")

    def user_shows(
        self, user: str, data: bytes, text: str = "", *, chat: Chat, mention: bool = False
    ) -> None:
        said = f"@{NAME} {text}" if mention else text
        self.service.shows(user, data, text=said, group=chat.id if chat.group else "")

    def user_presses(self, user: str, label: str, *, chat: Chat) -> None:
        self.service.presses(user, chat.id, label)

    async def user_ticks(self, user: str, label: str, *, chat: Chat) -> None:
        self.service.ticks(chat.id, label)

    def account(self, user: str) -> str:
        return user

    def called(self, chat: Chat) -> set[str]:
        return self.service.seen(chat.id)[-1].called

    def seen(self, chat: Chat) -> list[Seen]:
        return [
            Seen(
                text=shown.text,
                labels=(tuple(label for label, _ in shown.buttons),) if shown.buttons else (),
                file=shown.file,
            )
            for shown in self.service.seen(chat.id)
            if shown.by_bot
        ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def here(clock: Clock) -> AsyncIterator[Site]:
    async with site(lambda: int(clock.now)) as found:
        yield found


@pytest.fixture
async def harness(here: Site) -> AsyncIterator[Harness]:
    harness = Harness(here)
    await asyncio.sleep(0)
    yield harness
    await here.service.quiet()
    await harness.adapter.close()


class TestWecomByCallback(AdapterContract):
    """The contract; everything the bot says in a chat answers somebody."""

    # WeCom's Markdown has no escape; how marks are shown instead is tested in test_wecom_bot.
    test_what_looks_like_markup_is_shown_as_it_is = None  # type: ignore[assignment]
    # WeCom calls side by side; the time of each is its order.
    test_events_of_one_chat_arrive_in_their_order = None  # type: ignore[assignment]

    async def test_a_sent_message_shows_its_text_and_buttons(self, harness: Harness) -> None:
        chat = harness.group()
        await harness.adapter.send(said(chat, "#12 待审\n李静", buttons=YES_NO))
        shown = Seen(text="#12 待审\n李静", labels=(("通过", "退回", "为什么"),))
        assert harness.seen(chat) == [shown]

    @pytest.fixture(autouse=True)
    def unhurried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the webhook's minute holds is another test's."""
        monkeypatch.setattr("bot.adapters.wecom.webhook.PER_MINUTE", 1_000)

    async def test_a_too_long_text_arrives_whole(self, harness: Harness) -> None:
        """Two answers are all there are; the webhook then says it from the beginning."""
        chat = harness.group()
        lines = "\n".join(f"#{number} 🎓 {'得分' * 20}" for number in range(400))
        await harness.adapter.send(said(chat, lines))
        by_webhook = [shown.text for shown in harness.seen(chat)][2:]
        assert sorted("\n".join(by_webhook).split("\n")) == sorted(lines.split("\n"))


# --- the app --------------------------------------------------------------------------------


async def test_a_member_who_never_wrote_is_told_by_the_app(here: Site) -> None:
    await here.adapter.send(said(Chat(platform="wecom", id="lin"), "明天交接截止。"))
    assert [shown.text for shown in here.service.seen("lin")] == ["明天交接截止。"]


async def test_a_long_notice_of_the_app_is_cut_by_bytes(here: Site) -> None:
    lines = "\n".join(f"第{n}行" + "得" * 60 for n in range(40))
    await here.adapter.send(said(Chat(platform="wecom", id="lin"), lines))
    shown = [one.text for one in here.service.seen("lin")]
    assert "\n".join(shown) == lines
    assert len(shown) == 4


async def test_a_card_of_the_app_is_pressed_and_turns(here: Site) -> None:
    chat = Chat(platform="wecom", id="lin")
    await here.adapter.send(said(chat, "#47 待您审", buttons=YES_NO))
    inbox = Inbox()
    async with listening(here.adapter, inbox.receive):
        here.service.presses("lin", "lin", "通过")
        press = await inbox.next()
        await here.service.quiet()
    assert (press.press, press.author) == ("approve 12", "lin")
    done = said(chat, "#47 已通过", key="k-2", kind="edit", edits=press.message)
    await here.adapter.send(done)
    assert [(one.text, one.buttons) for one in here.service.seen("lin")] == [("#47 已通过", ())]


async def test_what_is_written_to_the_app_is_answered_by_the_app(here: Site) -> None:
    inbox = Inbox()
    async with listening(here.adapter, inbox.receive):
        here.service.writes_to_app("lin", "得分 <艺术> & ]]>")
        asked = await inbox.next()
        await here.service.quiet()
    assert asked.text == "得分 <艺术> & ]]>"
    await here.adapter.send(said(asked.chat, "23/39", answers=asked.message))
    assert [shown.text for shown in here.service.seen("lin")] == ["23/39"]


async def test_what_is_sent_to_the_app_beside_text_comes_too(here: Site) -> None:
    inbox, service = Inbox(), here.service
    async with listening(here.adapter, inbox.receive):
        service.shows_to_app("lin", photo())
        shown = await inbox.next()
        assert (shown.brings, shown.chat.id) == ("picture", "lin")
        assert await fetched(shown) == photo()
        service.valid_tokens.clear()
        assert await fetched(shown) == photo(), "a token taken back is fetched again"
        service.media.clear()
        with pytest.raises(PlatformError):
            await fetched(shown)
        service.shows_to_app("lin", bytes(MAX_FILE + 1))
        with pytest.raises(Refused):
            await fetched(await inbox.next())
        for kind in ("voice", "video", "location"):
            service.sends_to_app("lin", kind, MediaId="1")
            assert (await inbox.next()).brings == kind
        service.sends_to_app("lin", "link", Title="开放日", Url="https://a.cn/1")
        assert (await inbox.next()).text == "开放日 https://a.cn/1"
        await service.quiet()


async def test_the_same_answer_is_given_as_often_as_it_is_asked_for(here: Site) -> None:
    inbox = Inbox()
    async with listening(here.adapter, inbox.receive):
        for key in ("k-1", "k-2"):
            here.service.writes_to_app("lin", "得分")
            asked = await inbox.next()
            await here.service.quiet()
            await here.adapter.send(said(asked.chat, "23/39", key=key, answers=asked.message))
    # Asked before we were started again, or of another process of ours.
    await here.adapter.send(said(asked.chat, "23/39", key="k-3", answers="lost"))
    assert [shown.text for shown in here.service.seen("lin")] == ["23/39"] * 3


async def test_an_answer_in_doubt_is_not_shown_twice(here: Site, clock: Clock) -> None:
    answer = said(Chat(platform="wecom", id="lin"), "23/39", answers="of a dead process")
    await here.adapter.send(answer)
    clock.now += 20
    await here.adapter.send(replace(answer, again=True))
    assert len(here.service.seen("lin")) == 1
    clock.now += 300  # now it would be the answer to another question
    await here.adapter.send(replace(answer, again=True))
    assert len(here.service.seen("lin")) == 2


async def test_the_same_notice_is_shown_once_in_half_an_hour(here: Site, clock: Clock) -> None:
    chat = Chat(platform="wecom", id="lin")
    for key, later in (("k-1", 0), ("k-2", 60), ("k-3", 1_800)):
        clock.now += later
        await here.adapter.send(said(chat, "明天交接截止。", key=key, kind="notice"))
    assert [shown.text for shown in here.service.seen("lin")] == ["明天交接截止。"] * 2


async def test_a_member_out_of_range_cannot_be_reached(here: Site) -> None:
    here.service.out_of_range.add("lin")
    with pytest.raises(Unreachable):
        await here.adapter.send(said(Chat(platform="wecom", id="lin"), "您好"))


async def test_one_token_serves_many_calls_and_a_revoked_one_is_fetched_once(here: Site) -> None:
    chat = Chat(platform="wecom", id="lin")
    sends = [here.adapter.send(said(chat, f"第{n}条", key=f"k{n}")) for n in range(10)]
    await asyncio.gather(*sends)
    assert here.service.tokens_given == 1
    here.service.valid_tokens.clear()
    sends = [here.adapter.send(said(chat, f"又{n}条", key=f"r{n}")) for n in range(10)]
    await asyncio.gather(*sends)
    assert here.service.tokens_given == 2
    assert len(here.service.seen("lin")) == 20


async def test_a_token_is_fetched_before_its_end(here: Site, clock: Clock) -> None:
    chat = Chat(platform="wecom", id="lin")
    await here.adapter.send(said(chat, "早"))
    clock.now += 7200 - 599
    await here.adapter.send(said(chat, "晚", key="k-2"))
    assert here.service.tokens_given == 2


async def test_a_service_away_is_tried_later_and_no_secret_is_told(
    here: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await here.service.stop()
    with pytest.raises(Retry) as away:
        await here.adapter.send(said(Chat(platform="wecom", id="lin"), "您好"))
    told = f"{away.value!r} {away.value.__cause__!r} {caplog.text}"
    assert APP_SECRET not in told


# --- a file -------------------------------------------------------------------------------


async def test_a_file_for_the_group_goes_by_its_webhook(here: Site) -> None:
    group = here.service.hook_group = here.service.group()
    table = File(name="得分.xlsx", data=b"PK" * 100)
    await here.adapter.send(
        said(Chat(platform="wecom", id=group, group=True), "四月得分", files=(table,))
    )
    assert [(one.text, one.file) for one in here.service.seen(group)] == [
        ("四月得分", None),
        ("", ("得分.xlsx", b"PK" * 100)),
    ]


# --- whoever calls ------------------------------------------------------------------------


async def test_the_console_sees_that_we_hold_the_key(here: Site) -> None:
    service = here.service
    for path, seal in (("/wecom/bot", service.bot_seal), ("/wecom/app", service.app_seal)):
        echo = seal.seal(b"1616140317555161061")
        stamp = str(START + 3600)
        query = {
            "msg_signature": seal.signature(stamp, "n", echo),
            "timestamp": stamp,
            "nonce": "n",
            "echostr": echo,
        }
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{service.target}{path}", params=query) as response,
        ):
            assert (response.status, await response.read()) == (200, b"1616140317555161061")
        query["msg_signature"] = "0" * 40
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{service.target}{path}", params=query) as response,
        ):
            assert response.status == 403


async def test_a_call_that_comes_again_meanwhile_gets_the_same_answer(here: Site) -> None:
    inbox, chat = Inbox(), Chat(platform="wecom", id="lin")
    here.service.impatient = 2
    async with listening(here.adapter, inbox.receive):
        here.service.says("lin", "得分", "")
        asked = await inbox.next()
        await here.adapter.send(said(chat, "23/39", answers=asked.message))
        await here.service.quiet()
    assert inbox.events.empty()
    assert here.service.statuses == [200, 200, 200]
    assert [shown.text for shown in here.service.seen("lin") if shown.by_bot] == ["23/39"]


async def test_a_call_that_could_not_be_kept_comes_again(here: Site) -> None:
    inbox = Inbox(faults=2)
    async with listening(here.adapter, inbox.receive):
        here.service.says("li", "撤回")
        updates = {(await inbox.next()).update for _ in range(3)}
        await here.service.quiet()
    assert len(updates) == 1
    assert here.service.statuses == [503, 503, 200]


async def test_an_old_call_is_not_believed(here: Site, clock: Clock) -> None:
    service = here.service
    sealed = service.bot_seal.seal(b"{}")
    stamp = str(int(clock.now) - 301)
    query = {
        "msg_signature": service.bot_seal.signature(stamp, "n", sealed),
        "timestamp": stamp,
        "nonce": "n",
    }
    body = json.dumps({"encrypt": sealed}).encode()
    assert await service.raw("/wecom/bot", query, body) == (403, b"")


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"<xml>",
        b"<!DOCTYPE x [<!ENTITY e 'boom'>]><xml><MsgType>&e;</MsgType></xml>",
        b"<xml><MsgType>text</MsgType></xml>",
        b"<xml><FromUserName>li</FromUserName><CreateTime>x</CreateTime></xml>",
        b"{}",
        b"[]",
        b'{"msgtype": "text"}',
        b'{"msgtype": "event", "event": 7}',
        b"\xff\xfe",
    ],
)
async def test_what_is_signed_and_yet_no_message_is_refused(here: Site, plain: bytes) -> None:
    service, inbox = here.service, Inbox()
    async with listening(here.adapter, inbox.receive):
        for path, seal in (("/wecom/bot", service.bot_seal), ("/wecom/app", service.app_seal)):
            sealed = seal.seal(plain)
            wrapped = (
                json.dumps({"encrypt": sealed})
                if path.endswith("bot")
                else f"<xml><Encrypt>{sealed}</Encrypt></xml>"
            )
            status, answer = await service.post(path, seal, sealed, wrapped.encode())
            assert (status, answer) == (400, b"")
    assert inbox.events.empty()


async def test_a_body_that_never_ends_is_cut_off(here: Site) -> None:
    status, _ = await here.service.raw("/wecom/bot", {}, b"x" * (2 * 1024 * 1024))
    assert status == 413


async def test_altered_calls_have_no_effect(here: Site) -> None:
    """Bodies, signatures, nonces and times, altered at random, and each a valid call before."""
    service, inbox, draw = here.service, Inbox(), random.Random(20240330)
    message = {
        "msgid": "m",
        "from": {"userid": "li"},
        "chattype": "single",
        "msgtype": "text",
        "text": {"content": "撤回"},
    }
    async with (
        listening(here.adapter, inbox.receive),
        aiohttp.ClientSession() as session,
    ):
        for _ in range(FORGERIES):
            sealed = service.bot_seal.seal(json.dumps(message).encode())
            stamp, nonce = str(START + 3600), str(draw.randrange(10**9))
            said_so = {
                "msg_signature": service.bot_seal.signature(stamp, nonce, sealed),
                "timestamp": stamp,
                "nonce": nonce,
                "encrypt": sealed,
            }
            name = draw.choice(list(said_so))
            said_so[name] = altered(said_so[name], draw)
            body = json.dumps({"encrypt": said_so.pop("encrypt")})
            call = session.post(f"{service.target}/wecom/bot", params=said_so, data=body)
            async with call as response:
                assert response.status in (400, 403), (name, said_so)
                assert await response.read() == b""
    assert inbox.events.empty()


def altered(text: str, draw: random.Random) -> str:
    """The text with one character changed, lost, doubled or put in."""
    at = draw.randrange(len(text))
    other = draw.choice([c for c in "0123456789abcdefXYZ+/=%&宣\0" if c != text[at]])
    return draw.choice(
        [
            text[:at] + other + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + other + text[at:],
            text + other,
            "",
        ]
    )
