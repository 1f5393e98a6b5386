"""Telegram calling our webhook, through both libraries: the contract, and whoever else calls."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from bot.adapters.telegram import Webhook, make_driver
from tests.contract.adapter_contract import AdapterContract, Inbox, listening
from tests.contract.telegram_harness import SECRET, TelegramHarness, served
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.emulators.loopback import START

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
LI = {"id": 1001, "is_bot": False, "first_name": "李静"}
UPDATE = json.dumps(
    {
        "update_id": 7,
        "message": {
            "message_id": 1,
            "date": 1,
            "text": "x",
            "chat": {"id": 1001, "type": "private"},
            "from": LI,
        },
    }
).encode()


@pytest.fixture(params=["ptb", "aiogram"])
async def harness(request: pytest.FixtureRequest) -> AsyncIterator[TelegramHarness]:
    api = BotApi()
    await api.start()
    driver = make_driver(TOKEN, api.base, library=request.param)
    webhook = Webhook("https://bot.school.example/telegram/webhook", SECRET)
    harness = TelegramHarness(api, driver, webhook)
    async with served(harness.adapter.mount) as api.target:
        yield harness
    await harness.adapter.close()
    await api.stop()


class TestTelegramByWebhook(AdapterContract):
    """The contract."""


async def test_telegram_is_told_where_to_call_and_what_for(harness: TelegramHarness) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分")
        await inbox.next()
    [told] = harness.api.called("setWebhook")
    assert told["url"] == "https://bot.school.example/telegram/webhook"
    assert told["secret_token"] == SECRET
    assert told["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert harness.api.called("deleteWebhook") == harness.api.called("getUpdates") == []


async def test_a_webhook_removed_elsewhere_is_set_again(
    harness: TelegramHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.adapter.WATCH", 0.01)
    inbox, api = Inbox(), harness.api
    async with listening(harness.adapter, inbox.receive):
        await api.until(lambda: bool(api.hook))
        api.hook = {}
        api.fail("getWebhookInfo", Fault(reset=True))
        api.says(LI, None, "得分")
        assert (await inbox.next()).text == "得分"
    assert len(api.called("setWebhook")) == 2


async def test_of_several_processes_the_one_that_leads_keeps_the_webhook(
    harness: TelegramHarness,
) -> None:
    keeping, api = harness.adapter.keeping, harness.api
    keeping.ours = False
    async with listening(harness.adapter, Inbox().receive):
        async with asyncio.timeout(10):
            while not harness.adapter._ready:  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(0.01)
        assert not api.called("setWebhook")
        leading = asyncio.create_task(keeping.lead())
        await api.until(lambda: bool(api.hook))
        assert len(api.called("setWebhook")) == 1
        leading.cancel()
        await asyncio.gather(leading, return_exceptions=True)
    assert not keeping.ours


async def test_calls_that_do_not_get_through_are_told_in_the_log(
    harness: TelegramHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr("bot.adapters.telegram.adapter.WATCH", 0.01)
    now = START + 3600  # the harness's clock
    monkeypatch.setattr(harness.api, "_now", lambda: now)
    harness.api.statuses.append(502)
    async with listening(harness.adapter, Inbox().receive):
        await harness.api.until(lambda: len(harness.api.called("getWebhookInfo")) > 1)
    assert "telegram cannot call us, 0 updates wait: Wrong response from the webhook: 502" in (
        caplog.text
    )
    assert len(harness.api.called("setWebhook")) == 1


async def call(url: str, body: bytes | None = UPDATE, method: str = "POST", **headers: str) -> int:
    shown = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body and BytesIO(body), headers=shown) as response,
    ):
        assert await response.read() in (b"", b"405: Method Not Allowed")
        return response.status


NO_CALLS: dict[str, tuple[int, dict[str, Any]]] = {
    "no secret": (403, {"X_Telegram_Bot_Api_Secret_Token": ""}),
    "another secret": (403, {"X_Telegram_Bot_Api_Secret_Token": SECRET[:-1]}),
    "a secret in another script": (403, {"X_Telegram_Bot_Api_Secret_Token": "宣传"}),
    "another kind": (415, {"Content_Type": "text/plain"}),
    "no JSON": (400, {"body": b"{"}),
    "no update": (400, {"body": b"[]"}),
    "an update without a number": (400, {"body": b'{"update_id": "x"}'}),
    "an update whose number is none": (400, {"body": b'{"update_id": true}'}),
    "a number too long to read": (400, {"body": b'{"update_id": ' + b"9" * 5_000 + b"}"}),
    "brackets without end": (400, {"body": b'{"update_id": 8, "x": ' + b"[" * 200_000}),
    "a page": (400, {"body": b"<html>"}),
    "too long": (413, {"body": b" " * (1024 * 1024 + 1)}),
    "asked, not told": (405, {"method": "GET", "body": None}),
}


@pytest.mark.parametrize("name", NO_CALLS)
async def test_a_call_that_is_none_has_no_effect(name: str, harness: TelegramHarness) -> None:
    status, given = NO_CALLS[name]
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        await harness.api.until(lambda: bool(harness.api.hook))
        assert await call(harness.api.target, **given) == status
        assert inbox.events.empty()
        assert await call(harness.api.target) == 200
        assert (await inbox.next()).text == "x"


async def test_a_secret_that_is_no_text_is_another_secret(harness: TelegramHarness) -> None:
    port = int(harness.api.target.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /telegram/webhook HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n"
        b"X-Telegram-Bot-Api-Secret-Token: \xff\xfe\r\nContent-Length: 0\r\n\r\n"
    )
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 403 ")


async def test_until_somebody_listens_telegram_has_to_call_again(
    harness: TelegramHarness,
) -> None:
    assert await call(harness.api.target) == 503


async def test_what_is_not_understood_is_not_sent_again(harness: TelegramHarness) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.push({"message": {"text": "没有日期", "chat": {"id": 1}}})
        harness.api.push({"my_chat_member": {"chat": {"id": 1001}}})
        harness.api.says(LI, None, "得分")
        assert (await inbox.next()).text == "得分"
    assert harness.api.statuses == [200, 200, 200]


async def test_half_a_surrogate_pair_is_taken_as_by_polling(harness: TelegramHarness) -> None:
    inbox = Inbox()
    async with listening(harness.adapter, inbox.receive):
        harness.api.says(LI, None, "得分\ud83d")
        assert (await inbox.next()).text == "得分?"
    assert harness.api.statuses == [200]
