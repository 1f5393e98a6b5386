"""`promobot run`: what stays up, how it starts and how it ends."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli import main
from bot.playground import school as playground_module
from bot.playground.demo import making, script
from bot.process.alone import alone
from bot.process.running import keep_running
from bot.settings import Settings
from bot.shell.run import serve
from scoring.errors import OperatorError
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.worlds.doors import behind

PORT = re.compile(r"http://127\.0\.0\.1:(\d+)/")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, and little talk in the demonstration school."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "history", lambda *given: script.history(*given)[:3])


@asynccontextmanager
async def served(found: Settings, *, until: str = "停止。") -> AsyncIterator[list[str]]:
    """Serve until the block ends; gives what has been said to the console."""
    said, stop, started = [], asyncio.Event(), asyncio.Event()

    def say(text: str) -> None:
        said.append(text)
        if until in text:
            started.set()

    task = asyncio.create_task(serve(found, say=say, stop=stop))
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        await task
    try:
        yield said
    finally:
        stop.set()
        await task


async def fetched(url: str) -> tuple[int, str]:
    def get() -> tuple[int, str]:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()

    return await asyncio.to_thread(get)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_the_playground_opens_with_its_school_and_says_where() -> None:
    async with served(Settings(http_port=0)) as said:
        port = (PORT.search(said[1]) or pytest.fail("not said"))[1]
        assert (await fetched(f"http://127.0.0.1:{port}/healthz"))[0] == 200
        assert (await fetched(f"http://127.0.0.1:{port}/readyz"))[0] == 200
        _, state = await fetched(f"http://127.0.0.1:{port}/api/state")
        assert '"u-' in state


async def test_the_clock_of_the_playground_goes_on_after_a_restart() -> None:
    db, clock = playground_module.open_playground(Settings())
    db.close()
    assert 0 <= clock.now() - playground_module.START < 60
    clock.advance(clock.now() + 86_400)

    db, again = playground_module.open_playground(Settings())
    db.close()

    assert again.offset == clock.offset


async def test_a_new_playground_starts_on_its_first_day_whatever_was_kept(tmp_path: Path) -> None:
    db, clock = playground_module.open_playground(Settings())
    db.close()
    clock.advance(clock.now() + 86_400)
    for file in (tmp_path / "data").glob("playground.db*"):
        file.unlink()

    db, again = playground_module.open_playground(Settings())
    db.close()

    assert again.now() - playground_module.START < 60


async def test_the_playground_takes_no_key_of_the_school() -> None:
    db, _ = playground_module.open_playground(Settings(key="11" * 32))
    db.close()

    db, _ = playground_module.open_playground(Settings())
    db.close()


async def test_a_taken_port_is_said_with_the_setting_that_helps() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(OperatorError, match="PROMOBOT_HTTP_PORT"):
            async with served(Settings(http_port=port)):
                pass


async def test_a_school_without_an_administrator_gets_a_code_until_it_has_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    behind(monkeypatch, "console")
    found = Settings(platforms=("console",), database_url="sqlite:///s.db", http_port=0)

    async with served(found) as said:
        code = re.search(r"绑定 ([0-9A-Z]{4}-[0-9A-Z]{4})", "\n".join(said))
        assert code

    (tmp_path / "r.csv").write_text("工号,姓名,部门,角色\nT1,何平,财务部,管理员\n", "utf-8")
    assert main(["roster", "import", "r.csv", "--yes", "--db", "sqlite:///s.db"]) == 0
    async with served(found) as said:
        assert re.search(r"何平 还没有绑定：私聊我发“绑定 [0-9A-Z-]{9}”", "\n".join(said))

    bound = "工号,姓名,部门,角色,账号\nT1,何平,财务部,管理员,u-he\n"
    (tmp_path / "r.csv").write_text(bound, "utf-8")
    assert main(["roster", "import", "r.csv", "--yes", "--db", "sqlite:///s.db"]) == 0
    async with served(found) as said:
        assert "绑定" not in "\n".join(said)


async def test_a_port_in_use_is_found_before_anything_else_is_done(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for found in (Settings(http_port=port), Settings(platforms=("console",), http_port=port)):
            with pytest.raises(OperatorError, match="PROMOBOT_HTTP_PORT"):
                async with served(found):
                    pass
    assert os.listdir(tmp_path) == []


async def test_a_second_run_hears_of_the_database_and_not_of_the_port(tmp_path: Path) -> None:
    tmp_path.joinpath("data").mkdir()
    found = Settings(platforms=("console",), http_port=free_port())
    with alone(found.database), socket.socket() as taken:
        taken.bind(("127.0.0.1", found.http_port))
        taken.listen()
        with pytest.raises(OperatorError, match="另一个 promobot run"):
            async with served(found):
                pass


async def test_a_mistyped_address_leaves_nothing_beside_the_database(tmp_path: Path) -> None:
    (tmp_path / "s.db").touch()
    found = Settings(platforms=("console",), http_port=0, database_url="sqlite:///sx.db")
    with pytest.raises(OperatorError, match="没有新建"):
        async with served(found):
            pass
    assert os.listdir(tmp_path) == ["s.db"]


@pytest.mark.parametrize(
    ("fault", "told", "after"),
    [
        (Fault(status=401, description="Unauthorized"), "不对　令牌不对", "还没接上"),
        (Fault(reset=True), "连不上　连不上 Telegram", "还没接上"),
        (None, "要办　隐私模式开着", "数据在"),
    ],
)
async def test_what_telegram_finds_wrong_is_one_line_before_the_start_and_then_tried_again(
    fault: Fault | None, told: str, after: str
) -> None:
    api = BotApi()
    await api.start()
    api.hears_all = False
    api.fail("getMe", fault)
    found = Settings(
        platforms=("telegram",),
        telegram_token=TOKEN,
        telegram_api_base=api.base,
        http_port=0,
    )
    try:
        async with served(found) as said:
            lines = [line for line in said if "绑定" not in line]
            assert told in lines[0]
            assert "年还没有方案" in lines[1]
            assert "宣传助手已启动" in lines[2]
            assert after in lines[2]
            await api.until(lambda: bool(api.called("getUpdates")))  # it has come through
    finally:
        await api.stop()


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_the_first_administrator_comes_by_telegram(library: str, mode: str) -> None:
    api, port = BotApi(), free_port()
    await api.start()
    api.target = f"http://127.0.0.1:{port}/telegram/webhook"
    found = Settings(
        platforms=("telegram",),
        telegram_token=TOKEN,
        telegram_driver=library,
        telegram_mode=mode,
        telegram_webhook_url="https://bot.school.example/telegram/webhook",
        telegram_webhook_secret="a-secret_of-the-webhook",
        telegram_api_base=api.base,
        database_url="sqlite:///s.db",
        http_port=port,
    )
    try:
        async with served(found) as said:
            code = (re.search(r"绑定 ([0-9A-Z-]{9})", "\n".join(said)) or pytest.fail("not said"))[
                1
            ]
            api.says(api.user(1001, "何平"), None, f"绑定 {code}")
            await api.until(lambda: len(api.seen(1001)) > 1)

            assert "绑定好了" in api.seen(1001)[1].text
            assert bool(api.called("getUpdates")) == (mode == "polling")
    finally:
        await api.stop()


async def test_an_adapter_that_fails_is_started_again_after_growing_pauses() -> None:
    pauses: list[float] = []

    class Failing:
        name = "failing"

        async def run(self, receive: object) -> None:
            if len(pauses) < 8:
                raise ConnectionError

    class App:
        class gateway:
            receive = None

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await keep_running(Failing(), App, pause)  # type: ignore[arg-type]

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to handle")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_in_order(tmp_path: Path, number: int) -> None:
    playground_module.open_playground(Settings())[0].close()
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PROMOBOT_")},
        "PROMOBOT_HTTP_PORT": str(free_port()),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONIOENCODING": "utf-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=environ,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    first = process.stdout.readline() + process.stdout.readline()
    process.send_signal(number)
    rest, faults = process.communicate(timeout=20)

    assert process.returncode == 0, faults
    assert "停止" in first + rest
    assert "Traceback" not in faults
