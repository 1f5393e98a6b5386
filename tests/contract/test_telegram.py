"""Telegram through both real libraries, over loopback HTTP: the contract, and what is Telegram's
alone."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.telegram import TelegramAdapter, make_driver
from commands.chat.errors import Moved, Refused, Retry, Unreachable, Unseen
from commands.chat.messages import MAX_FILE, Chat, File, Incoming
from tests.contract.adapter_contract import (
    CHOICE,
    YES_NO,
    AdapterContract,
    Inbox,
    Seen,
    fetched,
    listening,
    said,
)
from tests.contract.telegram_harness import TelegramHarness
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.emulators.loopback import START
from tests.worlds.photos import photo

LI = {"id": 1001, "is_bot": False, "first_name": "李静"}


@pytest.fixture(params=["ptb", "aiogram"])
def library(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def harness(library: str) -> AsyncIterator[TelegramHarness]:
    api = BotApi()
    await api.start()
    harness = TelegramHarness(api, make_driver(TOKEN, api.base, library=library))
    yield harness
    await harness.adapter.close()
    await api.stop()


@pytest.fixture
def api(harness: TelegramHarness) -> BotApi:
    return harness.api


class TestTelegramByPolling(AdapterContract):
    """The contract."""


# Polling

POLL_FAULTS = {
    "a token refused for a moment": (Fault(status=401, description="Unauthorized"), 1.0, 1.0),
    "a method not found": (Fault(status=404, description="Not Found"), 1.0, 1.0),
    "another poller": (Fault(status=409, description="Conflict: other getUpdates"), 3.0, 3.0),
    "too many requests": (Fault(status=429, parameters={"retry_after": 7}), 7.5, 7.5),
    "too many, no time named": (Fault(status=429, description="Too Many Requests"), 1.1, 1.5),
    "a server error": (Fault(status=500, description="Internal Server Error"), 1.1, 1.5),
    "a page of a proxy": (Fault(status=502, body="<html>Bad Gateway</html>"), 1.1, 1.5),
    "a page of a proxy that says 200": (Fault(body="<html>Hello</html>"), 1.1, 1.5),
    "a cut line": (Fault(reset=True), 1.1, 1.5),
    "an answer lost on the way": (Fault(reset=True, late=True), 1.1, 1.5),
    "no result": (Fault(json={"ok": False}), 1.1, 1.5),
    "a result that is no list": (Fault(json={"ok": True, "result": {}}), 1.1, 1.5),
}


@pytest.mark.parametrize("name", POLL_FAULTS)
async def test_the_poll_goes_on_after(name: str, harness: TelegramHarness) -> None:
    fault, least, most = POLL_FAULTS[name]
    harness.api.fail("getUpdates", fault)
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分")
        assert (await inbox.next()).text == "得分"
    assert len(harness.pauses) == 1
    assert least <= harness.pauses[0] <= most


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
async def test_the_poll_starts_though_telegram_is_away_at_first(
    method: str, harness: TelegramHarness
) -> None:
    harness.api.fail(method, Fault(reset=True), Fault(status=502, body="<html>"))
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分")
        assert (await inbox.next()).text == "得分"
    assert len(harness.pauses) == 2


async def test_a_token_refused_again_and_again_is_tried_seldom(harness: TelegramHarness) -> None:
    harness.api.fail("getUpdates", *[Fault(status=401, description="Unauthorized")] * 5)
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分")
        await inbox.next()
    assert harness.pauses == [1.0, 1.0, 1.0, 30.0, 30.0]


async def test_waiting_grows_with_failures_up_to_half_a_minute(harness: TelegramHarness) -> None:
    harness.api.fail("getUpdates", *[Fault(status=500)] * 12)
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分")
        await inbox.next()
    assert harness.pauses[0] <= 1.5 < harness.pauses[4]
    assert 22.5 <= harness.pauses[-1] <= 30.0


async def test_a_webhook_left_set_is_removed_and_pending_updates_are_kept(
    harness: TelegramHarness,
) -> None:
    inbox = Inbox()
    harness.api.says(LI, None, "昨晚发的")
    async with listening(harness.adapter, inbox.receive):
        assert (await inbox.next()).text == "昨晚发的"
    assert harness.api.called("deleteWebhook") == [{}]


async def test_nothing_is_confirmed_while_one_chat_is_in_work_and_others_go_on(
    harness: TelegramHarness,
) -> None:
    api, gate, arrived = harness.api, asyncio.Event(), Inbox()
    wang = api.user(1002, "王磊")

    async def receive(incoming: Incoming) -> None:
        if incoming.text == "慢":
            await gate.wait()
        await arrived.receive(incoming)

    api.says(LI, None, "慢")
    api.says(wang, None, "快")
    async with listening(harness.adapter, receive):
        assert (await arrived.next()).text == "快"
        assert len(api.unconfirmed) == 2
        gate.set()
        assert (await arrived.next()).text == "慢"
        await api.until(lambda: not api.unconfirmed)


async def test_a_failed_receipt_holds_back_later_ones_of_its_chat_only(
    harness: TelegramHarness,
) -> None:
    api, inbox, texts = harness.api, Inbox(), []
    broken = {"甲一"}

    async def receive(incoming: Incoming) -> None:
        texts.append(incoming.text)
        if incoming.text in broken:
            broken.clear()
            raise RuntimeError("the database is away")
        await inbox.receive(incoming)

    for user, text in ((LI, "甲一"), (LI, "甲二"), (api.user(1002, "王磊"), "乙一")):
        api.says(user, None, text)
    async with listening(harness.adapter, receive):
        await api.until(lambda: not api.unconfirmed)
    assert sorted(texts[:2]) == ["乙一", "甲一"]
    assert [text for text in texts if text.startswith("甲")] == ["甲一", "甲一", "甲二"]


async def test_two_failed_receipts_are_both_seen_again(harness: TelegramHarness) -> None:
    api, inbox = harness.api, Inbox(faults=2)
    api.says(LI, None, "甲")
    api.says(api.user(1002, "王磊"), None, "乙")
    async with listening(harness.adapter, inbox.receive):
        texts = [(await inbox.next()).text for _ in range(4)]
    assert sorted(texts) == ["乙", "乙", "甲", "甲"]


async def test_an_update_that_makes_no_sense_is_passed_over(harness: TelegramHarness) -> None:
    api, inbox = harness.api, Inbox()
    api.push({"message": {"text": "没有日期", "chat": {"id": 1}}})
    api.push({"message": "no object"})
    api.push({"callback_query": {}})
    api.push({"my_chat_member": {"chat": {"id": 1001}}})
    api.says(LI, None, "得分")
    async with listening(harness.adapter, inbox.receive):
        assert (await inbox.next()).text == "得分"
        await api.until(lambda: not api.unconfirmed)
    assert inbox.events.empty()


async def test_only_the_kinds_we_understand_are_asked_for(harness: TelegramHarness) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分")
        await inbox.next()
    asked = harness.api.called("getUpdates")[0]["allowed_updates"]
    assert asked == ["message", "edited_message", "callback_query", "my_chat_member"]


# Presses, edits, files


async def test_a_press_is_answered_even_if_its_receipt_fails(harness: TelegramHarness) -> None:
    api, inbox = harness.api, Inbox(faults=1)
    chat = harness.group()
    await harness.adapter.send(said(chat, "#12", buttons=YES_NO))
    async with listening(harness.adapter, inbox.receive):
        harness.user_presses("wang", "通过", chat=chat)
        await inbox.next()
        await api.until(lambda: len(api.answered) == 1)
        # The same press again: its second answer is too old, and nobody minds.
        assert (await inbox.next()).press == "approve 12"
        await api.until(lambda: not api.unconfirmed)


async def test_a_press_is_answered_before_its_receipt_returns(harness: TelegramHarness) -> None:
    api, chat = harness.api, harness.group()
    await harness.adapter.send(said(chat, "#12", buttons=YES_NO))

    async def receive(incoming: Incoming) -> None:
        await api.until(lambda: len(api.answered) == 1)
        done.set()

    done = asyncio.Event()
    async with listening(harness.adapter, receive):
        harness.user_presses("wang", "通过", chat=chat)
        async with asyncio.timeout(10):
            await done.wait()


async def test_a_word_on_a_press_in_a_group_is_for_the_presser_alone(
    harness: TelegramHarness,
) -> None:
    api, chat, inbox = harness.api, harness.group(), Inbox()
    await harness.adapter.send(said(chat, "#12", buttons=YES_NO))
    shown = len(api.seen(int(chat.id)))
    async with listening(harness.adapter, inbox.receive):
        harness.user_presses("wang", "通过", chat=chat)
        pressed = await inbox.next()
        word = replace(said(chat, "您不能审核。" * 60), query=pressed.query, aside=True)
        word = replace(word, toast=word.text)
        await harness.adapter.send(word)
        await api.until(lambda: bool(api.toasts))
    assert api.toasts == [("您不能审核。" * 60)[:200]]
    assert len(api.seen(int(chat.id))) == shown
    # Said too late it is said to nobody: the press has been answered.
    await harness.adapter.send(word)
    assert len(api.seen(int(chat.id))) == shown


async def test_a_personal_word_on_a_press_is_a_toast_or_a_message(
    harness: TelegramHarness,
) -> None:
    api, chat, inbox = harness.api, harness.group(), Inbox()
    own = harness.private("wang")
    api.user(int(own.id), "wang")
    await harness.adapter.send(said(chat, "#12", buttons=YES_NO))

    async def answered(key: str, text: str) -> tuple[int, int]:
        """How many toasts and private messages an answer to a press makes."""
        before = len(api.toasts), len(api.seen(int(own.id)))
        harness.user_presses("wang", "通过", chat=chat)
        pressed = await inbox.next()
        word = replace(said(own, text), key=key, query=pressed.query, toast=text)
        await harness.adapter.send(word)
        # Said once more it comes too late for a toast, and must be read all the same.
        await api.until(lambda: pressed.query in api.answered)
        await harness.adapter.send(replace(word, key=f"{key} again"))
        return len(api.toasts) - before[0], len(api.seen(int(own.id))) - before[1]

    async with listening(harness.adapter, inbox.receive):
        assert await answered("short", "任务 #12 转发已记。") == (1, 1)
        assert await answered("long", "任务 #12 转发已记。" * 30) == (0, 2)


async def test_an_edit_arrives_as_one(harness: TelegramHarness) -> None:
    api, inbox = harness.api, Inbox()
    written = api.says(LI, None, "报新闻 一")
    async with listening(harness.adapter, inbox.receive):
        first = await inbox.next()
        api.edits(LI, written, "报新闻 二")
        second = await inbox.next()
    assert (first.edited, second.edited, second.text) == (False, True, "报新闻 二")
    assert second.message == first.message
    assert second.sent_at == first.sent_at + 60


async def test_an_edit_that_changes_nothing_is_passed_over(harness: TelegramHarness) -> None:
    """Telegram reports one for a preview or a pin; after a fault of ours a real one comes again."""
    api, inbox = harness.api, Inbox()
    written = api.says(LI, None, "报新闻 一")
    async with listening(harness.adapter, inbox.receive):
        await inbox.next()
        api.edits(LI, written, "报新闻 一")
        inbox.faults = 1
        api.edits(LI, written, "报新闻 二")
        heard = [(await inbox.next()).text for _ in range(2)]
        api.says(LI, None, "得分")
        heard.append((await inbox.next()).text)
    assert heard == ["报新闻 二", "报新闻 二", "得分"]


async def test_a_small_file_comes_with_its_bytes(harness: TelegramHarness) -> None:
    inbox = Inbox()
    harness.api.uploads(LI, None, "名册.xlsx", b"PK\x03\x04" * 9, "名册")
    async with listening(harness.adapter, inbox.receive):
        incoming = await inbox.next()
    assert incoming.file is not None
    assert (incoming.file.name, incoming.file.data) == ("名册.xlsx", b"PK\x03\x04" * 9)
    assert incoming.text == "名册"


@pytest.mark.parametrize("extra", [{}, {"file_size": None}], ids=["size told", "size not told"])
async def test_a_too_big_file_is_named_so(extra: dict[str, Any], harness: TelegramHarness) -> None:
    inbox = Inbox()
    harness.api.uploads(LI, None, "视频.mp4", bytes(MAX_FILE + 1), **extra)
    async with listening(harness.adapter, inbox.receive):
        incoming = await inbox.next()
    assert incoming.file_too_big
    assert incoming.file is None
    assert bool(harness.api.called("getFile")) == bool(extra)


async def test_a_file_telegram_will_not_hand_out_is_too_big(harness: TelegramHarness) -> None:
    inbox = Inbox()
    harness.api.uploads(LI, None, "a.mp4", b"x", "名册")
    harness.api.fail("getFile", Fault(status=400, description="Bad Request: file is too big"))
    async with listening(harness.adapter, inbox.receive):
        assert (await inbox.next()).file_too_big


async def test_a_file_that_does_not_come_holds_nothing_up(harness: TelegramHarness) -> None:
    inbox = Inbox()
    harness.api.uploads(LI, None, "a.csv", b"x", "名册")
    harness.api.fail("getFile", *[Fault(status=500)] * 3)
    async with listening(harness.adapter, inbox.receive):
        incoming = await inbox.next()
        await harness.api.until(lambda: not harness.api.unconfirmed)
    assert (incoming.text, incoming.file, incoming.file_too_big) == ("名册", None, False)


async def test_a_file_nobody_meant_for_us_is_not_fetched(harness: TelegramHarness) -> None:
    inbox, group = Inbox(), harness.api.group("别的群")
    harness.api.uploads(LI, group, "作业.docx", b"x")
    async with listening(harness.adapter, inbox.receive):
        assert (await inbox.next()).file is None
    assert harness.api.called("getFile") == []


# Sending

SEND_FAULTS = {
    "blocked": (Fault(status=403, description="Forbidden: bot was blocked"), Unreachable),
    "no such chat": (Fault(status=400, description="Bad Request: chat not found"), Unreachable),
    "migrated": (
        Fault(status=400, parameters={"migrate_to_chat_id": -1009}, description="upgraded"),
        Moved,
    ),
    "malformed": (Fault(status=400, description="Bad Request: can't parse"), Refused),
    "too large": (Fault(status=413, description="Request Entity Too Large"), Refused),
    "a refused token": (Fault(status=401, description="Unauthorized"), Retry),
    "a server error": (Fault(status=503, description="Service Unavailable"), Retry),
    "a page of a proxy": (Fault(status=502, body="<html>"), Retry),
    "a cut line": (Fault(reset=True), Retry),
    "no result": (Fault(json={"ok": False}), Retry),
}


@pytest.mark.parametrize("name", SEND_FAULTS)
async def test_a_send_fails_as_the_inside_knows_it(name: str, harness: TelegramHarness) -> None:
    fault, kind = SEND_FAULTS[name]
    harness.api.fail("sendMessage", fault)
    with pytest.raises(kind):
        await harness.adapter.send(said(harness.group(), "您好"))
    assert harness.seen(harness.group()) == []


async def test_too_many_requests_say_how_long_to_wait(harness: TelegramHarness) -> None:
    harness.api.fail("sendMessage", Fault(status=429, parameters={"retry_after": 11}))
    with pytest.raises(Retry) as caught:
        await harness.adapter.send(said(harness.group(), "您好"))
    assert caught.value.seconds == 11


async def test_a_message_broken_off_goes_on_where_it_broke(harness: TelegramHarness) -> None:
    chat = harness.group()
    message = said(chat, "甲" * 3_999 + "\n" + "乙" * 3_999, buttons=YES_NO)
    harness.api.fail("sendMessage", None, Fault(status=429, parameters={"retry_after": 1}))
    first, second = message.text.split("\n")
    with pytest.raises(Retry):
        await harness.adapter.send(message)
    receipt = await harness.adapter.send(message)
    assert [shown.text for shown in harness.seen(chat)] == [first, second]
    assert receipt.message == str(harness.api.seen(int(chat.id))[-1].id)


async def test_an_edit_of_a_file_is_shown_in_a_message_of_its_own(
    harness: TelegramHarness,
) -> None:
    chat = harness.group()
    table = await harness.adapter.send(said(chat, "", files=(File(name="a.csv", data=b"x"),)))
    await harness.adapter.send(said(chat, "已作废", key="k-2", edits=table.message))
    assert [shown.text for shown in harness.seen(chat)] == ["", "已作废"]


async def test_a_picture_is_shown_and_a_table_is_a_file(harness: TelegramHarness) -> None:
    chat = harness.group()
    files = (File(name="得分率.PNG", data=b"p"), File(name="a.csv", data=b"x"))
    await harness.adapter.send(said(chat, "四月", files=files))
    assert [method for method, _ in harness.api.calls[-2:]] == ["sendPhoto", "sendDocument"]
    assert [one.file for one in harness.seen(chat)[-2:]] == [("得分率.PNG", b"p"), ("a.csv", b"x")]


async def test_an_answer_hangs_on_what_it_answers_and_shows_no_preview(
    harness: TelegramHarness,
) -> None:
    asked = harness.api.says(LI, None, "得分")
    chat = harness.private("li")
    await harness.adapter.send(said(chat, "https://a.cn", answers=str(asked["message_id"])))
    await harness.adapter.send(said(chat, "晚了", key="k-2", answers="77777"))
    hanging, late = harness.api.seen(1001)[-2:]
    assert (hanging.replies_to, hanging.previews) == (asked["message_id"], False)
    assert (late.text, late.replies_to) == ("晚了", None)


async def test_a_topic_is_answered_in_the_topic(harness: TelegramHarness) -> None:
    forum, inbox = harness.api.group("分主题的群", forum=True), Inbox()
    harness.api.says(LI, forum, "/score", message_thread_id=7, is_topic_message=True)
    async with listening(harness.adapter, inbox.receive):
        chat = (await inbox.next()).chat
    card = await harness.adapter.send(said(chat, "得分 12.5", buttons=YES_NO))
    await harness.adapter.send(said(chat, "得分 13", key="k-2", edits=card.message))
    assert [shown.thread for shown in harness.api.seen(forum["id"])[1:]] == [7]
    assert harness.api.seen(forum["id"])[-1].text == "得分 13"
    vanished = said(chat, "得分 14", key="k-3", edits=card.message, deletes=(card.message,))
    await harness.adapter.send(vanished)
    shown = harness.api.seen(forum["id"])[-1]
    assert (shown.text, shown.thread) == ("得分 14", 7)


async def test_what_was_meant_for_a_topic_that_is_gone_goes_to_the_groups_root(
    harness: TelegramHarness,
) -> None:
    forum, plain = harness.api.group("分主题的群", forum=True), harness.api.group("普通群")
    harness.api.closed_topics.add((forum["id"], 7))
    for group in (forum, plain):
        chat = Chat(platform="telegram", id=str(group["id"]), group=True, thread="7")
        await harness.adapter.send(said(chat, "#186 转发任务", kind="notice"))
        assert [(s.text, s.thread) for s in harness.api.seen(group["id"])] == [
            ("#186 转发任务", None)
        ]


async def test_a_reply_in_an_ordinary_group_names_no_topic(harness: TelegramHarness) -> None:
    inbox, group = Inbox(), harness.api.group("普通群")
    harness.api.says(LI, group, "/score", message_thread_id=7)
    async with listening(harness.adapter, inbox.receive):
        chat = (await inbox.next()).chat
    await harness.adapter.send(said(chat, "得分 12.5"))
    assert harness.api.seen(group["id"])[-1].text == "得分 12.5"


async def test_ids_of_another_platform_are_refused(harness: TelegramHarness) -> None:
    with pytest.raises(Refused):
        await harness.adapter.send(said(Chat(platform="telegram", id="staff"), "您好"))


# What may not leak


async def test_no_log_line_holds_the_token_or_what_people_say(
    harness: TelegramHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api, chat, inbox = harness.api, harness.group(), Inbox()
    secret = "报线索 张某 13800138000"
    leaky = {"ok": True, "result": [{"message": {"text": secret}}], TOKEN: TOKEN}
    api.fail("getUpdates", Fault(body=f"<html>{secret} {api.base}/bot{TOKEN}"))
    api.fail("getUpdates", Fault(status=502, body=secret), Fault(json=leaky), Fault(reset=True))
    api.fail("sendMessage", Fault(status=502, body=f"{secret} {TOKEN}"))
    with pytest.raises(Retry) as caught:
        await harness.adapter.send(said(chat, secret, deletes=("5",)))

    async def receive(incoming: Incoming) -> None:
        await inbox.receive(incoming)
        if inbox.events.qsize() == 1:
            raise RuntimeError(f"cannot insert {incoming.text}")

    async with listening(harness.adapter, receive):
        api.says(LI, None, secret)
        await api.until(lambda: inbox.events.qsize() == 2)
    assert "RuntimeError" in caplog.text
    assert "telegram poll failed" in caplog.text
    shown = caplog.text + repr(caught.value) + repr(caught.value.__context__)
    assert TOKEN.split(":")[1] not in shown
    assert "13800138000" not in shown


async def test_a_proxy_carries_calls_files_and_polls(library: str) -> None:
    proxy = BotApi()
    await proxy.start()
    proxy.uploads(LI, None, "名册.csv", b"a,b")
    driver = make_driver(TOKEN, "http://api.nowhere.invalid", proxy.base, library=library)
    try:
        assert (await driver.call("getMe"))["username"] == "XuanchuanBot"
        [update] = await driver.get_updates(None, 0)
        assert await driver.download(update["message"]["document"]["file_id"]) == b"a,b"
    finally:
        await driver.close()
        await proxy.stop()


async def test_a_dead_server_is_a_retry_that_does_not_name_the_token(library: str) -> None:
    api = BotApi()
    await api.start()
    await api.stop()
    adapter = TelegramAdapter(make_driver(TOKEN, api.base, library=library), now=lambda: START)
    with pytest.raises(Retry) as caught:
        await adapter.send(said(Chat(platform="telegram", id="1"), "您好"))
    await adapter.close()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("chosen", ["", "ptb", "aiogram"])
def test_a_library_is_imported_only_with_its_driver(chosen: str) -> None:
    make = f"make_driver('1:x', library='{chosen}')" if chosen else "0"
    code = (
        f"import sys; from bot.adapters.telegram import make_driver; {make};"
        "print(*sorted({'telegram', 'aiogram'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ([{"ptb": "telegram"}.get(chosen, chosen)] if chosen else [])


async def test_a_group_where_the_bot_is_no_administrator_shows_asides_only_to_a_press(
    harness: TelegramHarness,
) -> None:
    """It is tried once, and after a press each time, for then it may."""
    group, li = harness.group(), harness.person("li")
    answer = said(group, "您报了 3 条。", eyes="1001")
    for _ in range(2):
        with pytest.raises(Unseen):
            await harness.adapter.send(answer)
    assert len(harness.api.called("sendMessage")) == 1
    await harness.adapter.send(said(group, "得分", buttons=YES_NO))
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.presses(li, harness.api.seen(int(group.id))[-1], "为什么")
        pressed = await inbox.next()
    await harness.adapter.send(replace(answer, query=pressed.query))
    assert [one.text for one in harness.seen_aside("li", group)] == ["您报了 3 条。"]


async def test_what_one_sees_alone_is_pressed_answered_and_changed_alone(
    harness: TelegramHarness,
) -> None:
    group, li = harness.group(), harness.person("li")
    harness.trust(group)
    await harness.adapter.send(said(group, "您报了 3 条。", eyes="1001", buttons=YES_NO))
    [shown] = harness.api.seen_aside(int(group.id), 1001)
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.presses(li, shown, "为什么")
        pressed = await inbox.next()
    assert pressed.aside
    turned = said(group, "因为……", key="k-2", eyes="1001", edits=pressed.message)
    await harness.adapter.send(turned)
    assert harness.seen_aside("li", group) == [Seen(text="因为……")]
    more = said(group, "还有……", key="k-3", eyes="1001", answers=pressed.message)
    await harness.adapter.send(more)
    assert [one.text for one in harness.seen_aside("li", group)] == ["因为……", "还有……"]
    assert harness.seen(group) == []


async def test_a_word_for_one_pair_of_eyes_stands_over_the_button_if_it_is_short(
    harness: TelegramHarness,
) -> None:
    group, li = harness.group(), harness.person("li")
    harness.trust(group)
    await harness.adapter.send(said(group, "得分", buttons=YES_NO))
    texts = ["您还差 2 条。", "您还差：" + "视频、" * 99]
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        for number, text in enumerate(texts):
            harness.api.presses(li, harness.api.seen(int(group.id))[-1], "为什么")
            query = (await inbox.next()).query
            answer = said(group, text, key=f"a-{number}", eyes="1001", query=query, toast=text)
            await harness.adapter.send(answer)
        await harness.api.until(lambda: len(harness.api.answered) == len(texts))
    assert harness.api.toasts == texts[:1]
    assert [one.text for one in harness.seen_aside("li", group)] == texts[1:]


async def test_an_older_server_is_never_given_what_is_for_one_persons_eyes(
    harness: TelegramHarness,
) -> None:
    harness.api.knows_asides = False
    group = harness.group()
    harness.trust(group)
    with pytest.raises(Unseen):
        await harness.adapter.send(said(group, "您报了 3 条。", eyes="1001"))
    assert harness.api.called("sendMessage") == []


async def test_a_server_that_shows_it_to_all_is_undone_and_never_trusted_again(
    harness: TelegramHarness,
) -> None:
    group = harness.group()
    harness.trust(group)
    await harness.adapter.send(said(group, "您报了 3 条。", eyes="1001"))
    harness.api.knows_asides = False
    for key in ("k-2", "k-3"):
        with pytest.raises(Unseen):
            await harness.adapter.send(said(group, "您还差 2 条。", key=key, eyes="1001"))
    assert harness.seen(group) == []
    assert len(harness.api.called("sendMessage")) == 2


async def test_two_quick_ticks_are_both_kept(harness: TelegramHarness) -> None:
    """The second press may still carry the boxes from before the first."""
    group, li = harness.group(), harness.person("li")
    await harness.adapter.send(said(group, "勾选", buttons=CHOICE))
    shown = harness.api.seen(int(group.id))[-1]
    inbox = Inbox()
    for label in ("□ #12 信工", "□ #16 信工"):
        harness.api.presses(li, shown, label)
    async with listening(harness.adapter, inbox.receive):
        await harness.api.until(lambda: sum(n.startswith("■") for n, _ in shown.buttons[0]) == 2)
        harness.api.presses(li, shown, "通过选中的")
        incoming = await inbox.next()
    assert incoming.press == "approve #12 #16"


async def test_a_picture_is_fetched_when_it_is_wanted_and_in_its_largest_size(
    harness: TelegramHarness,
) -> None:
    api, inbox, group = harness.api, Inbox(), harness._group
    async with listening(harness.adapter, inbox.receive):
        api.shows(LI, group, photo())  # none of ours
        api.shows(LI, group, photo(), "今天升旗")
        assert (await inbox.next()).text == "今天升旗"
        assert api.called("getFile") == []
        api.uploads(LI, None, "截图.PNG", photo())
        shown = await inbox.next()
        assert (shown.brings, shown.file.name, shown.file.data) == ("picture", "截图.PNG", b"")
        assert api.called("getFile") == []
        assert await fetched(shown) == photo()
        api.fail("getFile", Fault(status=502, body=""), Fault(status=502, body=""))
        assert await fetched(shown) == photo()
        api.fail("getFile", *[Fault(status=502, body="")] * 3)
        with pytest.raises(Retry):
            await fetched(shown)
        api.fail("getFile", Fault(status=400, description="Bad Request: file is too big"))
        with pytest.raises(Refused):
            await fetched(shown)


async def test_an_album_comes_picture_by_picture_under_one_name(harness: TelegramHarness) -> None:
    inbox, group = Inbox(), harness._group
    async with listening(harness.adapter, inbox.receive):
        for place in (None, group):
            harness.api.shows(LI, place, photo(), "报视频 机房", media_group_id="77")
            harness.api.shows(LI, place, photo("blue"), media_group_id="77")
            first, second = await inbox.next(), await inbox.next()
            assert (first.album, second.album) == ("77", "77")
            assert (first.text, second.text) == ("报视频 机房", "")
            assert second.brings == "picture"
