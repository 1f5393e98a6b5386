"""`promobot run` killed and started again, and asked to stop: how long nobody is heard, and what
Telegram is told meanwhile."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.emulators.bot_api import TOKEN, BotApi

PATIENCE = 60.0
DEAF, ENDS = 3.0, 8.0
"""Goals in seconds: from being ready again to the first answer; from SIGTERM to the end."""

SECRET = "a-secret_of-the-webhook"
LI = 1001

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to handle")


class Served:
    """A process that serves a school by Telegram, and the Telegram that it talks to."""

    def __init__(self, folder: Path, api: BotApi, mode: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.base = f"http://127.0.0.1:{probe.getsockname()[1]}"
        api.target = f"{self.base}/telegram/webhook"
        self._folder = folder
        self._environ = {
            **{name: value for name, value in os.environ.items() if "PROMOBOT" not in name},
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PROMOBOT_PLATFORMS": "telegram",
            "PROMOBOT_TELEGRAM_TOKEN": TOKEN,
            "PROMOBOT_TELEGRAM_MODE": mode,
            "PROMOBOT_TELEGRAM_API_BASE": api.base,
            "PROMOBOT_TELEGRAM_WEBHOOK_URL": "https://bot.school.example/telegram/webhook",
            "PROMOBOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "PROMOBOT_DATABASE_URL": f"sqlite:///{folder}/s.db",
            "PROMOBOT_HTTP_PORT": self.base.rpartition(":")[2],
        }
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self, session: aiohttp.ClientSession) -> None:
        """Return once it takes work."""
        self.process = subprocess.Popen(  # noqa: ASYNC220 - it is not waited for
            [sys.executable, "-m", "bot", "run"],
            env=self._environ,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with asyncio.timeout(PATIENCE):
            while await asked(session, f"{self.base}/readyz") != 200:
                assert self.process.poll() is None, "it did not start"
                await asyncio.sleep(0.02)

    async def ended(self) -> int:
        assert self.process is not None
        return await asyncio.to_thread(self.process.wait, PATIENCE)


async def asked(session: aiohttp.ClientSession, url: str, body: bytes | None = None) -> int:
    """The status; 0 while nobody listens."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    how = "GET" if body is None else "POST"
    try:
        async with session.request(how, url, data=body, headers=headers) as answer:
            return answer.status
    except aiohttp.ClientError:
        return 0


@pytest.mark.parametrize("mode", ["webhook", pytest.param("polling", marks=pytest.mark.soak)])
async def test_a_killed_process_hears_again_at_once_and_one_that_stops_sends_callers_away(
    mode: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    api = BotApi()
    await api.start()
    li, served = api.user(LI, "李静"), Served(tmp_path, api, mode)
    try:
        async with aiohttp.ClientSession() as session:
            await served.start(session)
            api.says(li, None, "帮助")
            await api.until(lambda: len(api.seen(LI)) > 1, PATIENCE)
            served.process.kill()
            await served.ended()
            api.says(li, None, "得分")

            await served.start(session)
            ready = time.monotonic()
            await api.until(lambda: len(api.seen(LI)) > 3, PATIENCE)
            deaf = time.monotonic() - ready

            api.deaf = {LI}
            sent = len(api.called("sendMessage"))
            api.says(li, None, "帮助")
            await api.until(lambda: len(api.called("sendMessage")) > sent, PATIENCE)
            stopping = time.monotonic()
            served.process.send_signal(signal.SIGTERM)
            statuses = {0}
            while mode == "webhook" and (status := await called(session, api)) != 0:
                statuses.add(status)
            code = await served.ended()
            ended = time.monotonic() - stopping
    finally:
        served.process.kill()
        await api.stop()
    figure(
        f"{mode}: answered {deaf:.1f} s after a restart (goal ≤ {DEAF:.0f} s), "
        f"ended in {ended:.1f} s (goal ≤ {ENDS:.0f} s)"
    )
    assert code == 0
    assert (503 in statuses) == (mode == "webhook")
    assert ended < PATIENCE / 2


async def called(session: aiohttp.ClientSession, api: BotApi) -> int:
    """Call the webhook as Telegram does, with a line that must come again."""
    chat = {"id": LI, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": {"id": LI}, "text": "帮助"}
    body = json.dumps({"update_id": 7, "message": message}).encode()
    return await asked(session, api.target, body)
