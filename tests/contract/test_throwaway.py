"""A platform that was added for this test alone is held to the contract, and serves a school."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.shell.run import serve
from tests.kit import AdapterContract, said
from tests.throwaway import door
from tests.throwaway.adapter import NAME
from tests.throwaway.people import OnThrowaway, known
from tests.throwaway.service import Rooms


@pytest.fixture(autouse=True)
def in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch)


@pytest.fixture
async def harness() -> AsyncIterator[OnThrowaway]:
    service = Rooms()
    await service.start()
    harness = OnThrowaway(service)
    yield harness
    await harness.adapter.close()
    await service.stop()


class TestThrowaway(AdapterContract):
    """The contract."""


async def test_what_is_sent_twice_stands_there_once(harness: OnThrowaway) -> None:
    chat = harness.group()
    receipts = [await harness.adapter.send(said(chat, "#12 待审")) for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert len(harness.seen(chat)) == 1


async def test_promobot_run_serves_a_school_there(
    harness: OnThrowaway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(door, "BASE", harness.service.base)
    told: list[str] = []
    stop, started = asyncio.Event(), asyncio.Event()
    found = Settings(platforms=(NAME,), http_port=0)
    running = asyncio.create_task(serve(found, say=told.append, stop=stop, started=started.set))
    await started.wait()
    [code] = re.findall(r"绑定 ([0-9A-Z-]{9})", "\n".join(told))
    chat = harness.private("he")
    harness.user_says("he", f"绑定 {code}", chat=chat)
    await harness.service.until(lambda: len(harness.seen(chat)) > 1)
    stop.set()
    await running
    assert "宣传助手已启动（试验平台）" in "\n".join(told)
    assert "管理员" in harness.seen(chat)[-1].text
