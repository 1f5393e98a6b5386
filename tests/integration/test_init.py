"""`promobot init`: from an empty folder to a group that is answered, by few questions."""

import asyncio
import json
import os
import re
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession
from openpyxl import load_workbook

from bot import settings
from bot.cli import main
from bot.settings import FILE
from bot.shell.run import serve
from bot.shell.setup.schooling import TEMPLATE
from tests.emulators.bot_api import TOKEN, BotApi, Fault
from tests.emulators.loopback import START
from tests.emulators.wecom_bot import BOT_ID, SECRET
from tests.emulators.wecom_caller import AGENT, APP_SECRET, CORP, WEBHOOK, WecomCaller

PEOPLE = """工号,姓名,部门,角色,账号
T1,何平,信息工程系,管理员,
T2,陈晓,信息工程系,宣传员；部门负责人,
T3,郑直,督导办,考核组,
T4,钱进,融媒体中心,融媒体中心,
T5,孙立,招生办公室,招办,
T6,李校,院领导,院长,
T7,刘老师,机电工程系,宣传员,
"""

Said = list[str]


class Keyboard:
    """Somebody at a terminal who types these lines; None is Ctrl-C."""

    def __init__(self, *lines: str | None) -> None:
        self.lines = list(lines)
        self.typed = 0

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        self.typed += 1
        line = self.lines.pop(0) if self.lines else None
        if line is None:
            raise KeyboardInterrupt
        return f"{line}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith("PROMOBOT_")]:
        monkeypatch.delenv(key)
    (tmp_path / "r.csv").write_text(PEOPLE, "utf-8")
    return tmp_path


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
async def wecom() -> AsyncIterator[WecomCaller]:
    here = WecomCaller(now=lambda: START)
    await here.start()
    yield here
    await here.stop()


Typed = Callable[..., Keyboard]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Typed:
    def sit(*lines: str | None) -> Keyboard:
        keyboard = Keyboard(*lines)
        monkeypatch.setattr(sys, "stdin", keyboard)
        return keyboard

    return sit


def text_of_file() -> str:
    return Path(FILE).read_text("utf-8")


def write_file(text: str) -> None:
    Path(FILE).write_text(text, "utf-8")


def mode_of_file() -> int:
    return stat.S_IMODE(Path(FILE).stat().st_mode)


async def shell(*arguments: str) -> int:
    return await asyncio.to_thread(main, list(arguments))


def there() -> set[str]:
    """Everything in the folder but the roster that was there before."""
    return {str(path) for path in Path().rglob("*") if path.is_file()} - {"r.csv"}


@asynccontextmanager
async def running() -> AsyncIterator[Said]:
    """`promobot run` as the settings stand."""
    said: Said = []
    stop, started = asyncio.Event(), asyncio.Event()
    found = settings.read({"PROMOBOT_HTTP_PORT": "0"}, to_run=True)
    task = asyncio.create_task(
        serve(found, say=said.append, stop=stop, started=started.set), name="run"
    )
    both = [task, asyncio.create_task(started.wait())]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    both[1].cancel()
    try:
        yield said
    finally:
        stop.set()
        await task


async def linked(api: BotApi, said: Said) -> str:
    """What an administrator does after the start, and what the group is answered at last."""
    him, group = api.user(1001, "何平"), api.group("全体教职工")
    code = re.search(r"绑定 ([0-9A-Z-]{9})”", "\n".join(said))
    assert code is not None, said
    assert f"https://t.me/XuanchuanBot?start={code[1]}" in "\n".join(said)
    api.says(him, None, f"/start {code[1]}")
    await api.until(lambda: any("绑定好了" in one.text for one in api.seen(1001)), 60)
    api.says(him, group, "/start@XuanchuanBot hello")
    api.says(him, group, "/关联")
    await api.until(lambda: any("已关联" in one.text for one in api.seen(group["id"])), 60)
    api.says(him, group, "得分")
    await api.until(lambda: any("系部：" in one.text for one in api.seen(group["id"])), 60)
    return api.seen(group["id"])[-1].text


async def test_from_an_empty_folder_to_a_group_that_is_answered_with_flags_alone(
    api: BotApi, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ("--platform", "telegram", "--telegram-token", TOKEN, "--telegram-api-base", api.base)
    answers = (*flags, "--roster", "r.csv")
    assert await shell("init", *answers, "--yes") == 0

    assert len(answers) / 2 <= 20
    told = capsys.readouterr().out
    assert "机器人是 @XuanchuanBot" in told
    assert "7 人，都看得懂" in told
    assert "https://t.me/XuanchuanBot?startgroup=hello&admin=delete_messages" in told
    assert [line[:2] for line in told.splitlines() if line[:1].isdigit()][-3:] == ["1.", "2.", "3."]
    assert TOKEN not in told
    assert mode_of_file() == 0o600 or os.name == "nt"
    async with running() as said:
        assert not any("还没有方案" in line for line in said)
        assert "管理员 何平" in "\n".join(said)
        assert "机电 " in await linked(api, said)
        assert await shell("init", "--check") == 0
        assert "都齐了" in capsys.readouterr().out


async def test_the_same_by_answers_and_with_an_empty_roster(
    api: BotApi, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    api.hears_all = False
    wrong = "4242:another-Token_of-nobody"
    keyboard = types(
        *("telegran", "", "abc", wrong, TOKEN),
        *("", "0000", "", "", "2025-01-01", ""),
        *("missing.csv", "空表"),
    )
    assert await shell("init", "--telegram-api-base", api.base) == 0

    assert keyboard.typed <= 20
    told = capsys.readouterr().out
    for one in ("是不是 telegram？", "整行复制", "令牌不对", "没看懂", "打不开", "隐私模式开着"):
        assert one in told
    sheet = load_workbook(TEMPLATE).worksheets[0]
    assert all(cell.comment.text for cell in sheet[1])
    assert "没有人" in (await refused_roster(TEMPLATE, capsys))
    async with running() as said:
        assert "系部：" in await linked(api, said)


async def refused_roster(file: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert await shell("roster", "import", file, "--yes") == 2
    return capsys.readouterr().err


async def test_three_misses_end_with_how_to_go_on_and_nothing_is_written(
    api: BotApi, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    types("telegram", "a", "b", "c")
    assert await shell("init", "--telegram-api-base", api.base) == 2
    assert "--telegram-token" in capsys.readouterr().err
    assert there() == set()


async def test_a_broken_off_beginning_leaves_nothing(
    api: BotApi, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ("telegram", TOKEN, "", "", "", "", "空表")
    for many in range(len(answers)):
        types(*answers[:many], None)
        assert await shell("init", "--telegram-api-base", api.base) == 130
        assert "什么都没有写" in capsys.readouterr().out
        assert there() == set()


async def test_what_breaks_while_writing_leaves_nothing(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.roster.enrolment.apply", broken)
    flags = ("--telegram-token", TOKEN, "--telegram-api-base", api.base, "--roster", "r.csv")
    assert await shell("init", *flags, "--yes") == 130
    assert there() == set()


async def test_a_file_that_stands_is_rewritten_only_when_asked_and_keeps_the_rest(
    api: BotApi, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = f'telegram_token = "{TOKEN}"\nkeep_days = 60\nbackup_keep = [1, 2, 3]\n'
    before += f'telegram_api_base = "{api.base}"\n'
    write_file(before)
    assert await shell("init", "--yes") == 2
    assert "--overwrite" in capsys.readouterr().err
    types("")
    assert await shell("init") == 0
    assert text_of_file() == before

    assert await shell("init", "--yes", "--overwrite") == 0
    found = settings.read({}, to_run=True)
    assert (found.platforms, found.telegram_token) == (("telegram",), TOKEN)
    assert (found.keep_days, found.backup_keep) == (60, (1, 2, 3))


async def test_no_network_is_said_and_the_settings_stand_to_be_checked_later(
    api: BotApi, types: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fail("getMe", *[Fault(reset=True)] * 2)
    types("telegram", TOKEN, api.base, "", "", "", "", "", "以后")
    assert await shell("init", "--telegram-api-base", api.base) == 1
    told = capsys.readouterr().out
    assert "走哪个代理" in told
    assert "init --check" in told
    assert settings.read({}, to_run=True).telegram_token == TOKEN


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--platform", "telegram"), "--telegram-token：PROMOBOT_TELEGRAM_TOKEN 没有设置"),
        (("--platform", "web,telegram"), "web 是只在本机的"),
        (("--platform", "wecom"), "--wecom-bot-id --wecom-bot-secret"),
        (("--platform", "console", "--year", "20"), "--year：年份没看懂"),
        (("--platform", "console", "--plan", "2023"), "--plan：没有 2023 的方案"),
        (("--platform", "console", "--starts", "2020-01-01"), "--starts：“2020-01-01”没看懂"),
        (("--platform", "console", "--roster", "nix.xlsx"), "--roster：名册 nix.xlsx 打不开"),
        (("--platform", "console", "--data", "r.csv"), "--data：r.csv 不是文件夹"),
    ],
)
def test_a_bad_flag_is_one_sentence_where_nobody_sits(
    flags: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", *flags, "--yes"]) == 2
    assert told in capsys.readouterr().err
    assert there() == set()


def test_a_whole_year_another_folder_and_a_plan_of_another_shape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = ("--platform", "console", "--data", "school", "--from", "primary", "--starts", "年初")
    assert main(["init", *flags, "--yes"]) == 0
    capsys.readouterr()
    assert settings.read({}).database == "sqlite:///school/promobot.db"
    assert main(["plan", "list"]) == 0
    assert "沿用 primary" in capsys.readouterr().out
    assert main(["init", "--yes", "--overwrite", "--roster", "r.csv"]) == 2  # its units differ
    assert "两条路" in capsys.readouterr().err
    assert main(["init", "--yes", "--overwrite", "--plan", "2024"]) == 2  # that is for publish
    assert "plan publish" in capsys.readouterr().err


async def test_a_school_on_wecom_is_checked_by_its_real_answers(
    wecom: WecomCaller,
    types: Typed,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wecom.visible = ["li"]
    monkeypatch.setenv("PROMOBOT_WECOM_API_BASE", wecom.base)
    monkeypatch.setenv("PROMOBOT_WECOM_WS_URL", wecom.base.replace("http", "ws"))
    keyboard = types(
        *("wecom", "bot", BOT_ID, "x" * 9, BOT_ID, SECRET, "小宣"),
        *(CORP, str(AGENT), "y" * 9, CORP, str(AGENT), APP_SECRET, "", WEBHOOK),
        *("", "", "", "", "以后"),
    )
    assert await shell("init") == 0

    assert keyboard.typed <= 20
    told = capsys.readouterr().out
    for one in ("BotID 或 Secret 不对", "PROMOBOT_WECOM_APP_SECRET", "没有设回调"):
        assert one in told
    assert "@小宣 关联" in told
    assert not any(secret in told for secret in (SECRET, APP_SECRET, WEBHOOK))
    found = settings.read({}, to_run=True)
    assert (found.wecom_bot_secret, found.wecom_app_secret) == (SECRET, APP_SECRET)
    assert (found.wecom_webhook_key, found.wecom_bot_names) == (WEBHOOK, "小宣")


async def test_a_bot_that_is_called_is_set_without_a_question(types: Typed) -> None:
    types()
    flags = ("--wecom", "callback", "--wecom-bot-token", "t" * 9, "--wecom-bot-aes-key")
    assert await shell("init", "--platform", "wecom", *flags, "k" * 42, "--yes") == 2
    assert await shell("init", "--platform", "wecom", *flags, "k" * 43, "--yes") == 0
    assert settings.read({}, to_run=True).wecom_bot_token == "t" * 9


async def test_the_local_page_answers_ones_own_people_by_ones_own_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await shell("init", "--platform", "web", "--roster", "r.csv", "--yes") == 0
    told = capsys.readouterr().out
    assert "演练好了：7 人" in told
    assert [line[:2] for line in told.splitlines()[-3:]] == ["1.", "2.", "3."]
    assert settings.read({}, to_run=True).playground
    async with running() as said, ClientSession() as browser:
        [page] = re.findall(r"http://127\.0\.0\.1:\d+/", "\n".join(said))
        async with browser.get(f"{page}api/events", params={"person": "T2"}) as stream:
            spoken = {"person": "T2", "chat": "private", "text": "得分"}
            async with browser.post(f"{page}api/say", json=spoken) as answer:
                assert answer.status == 200
            assert "信息工程系 得 " in await shown(stream, "信息工程系 得 ")


async def shown(stream: ClientResponse, wanted: str) -> str:
    """What the page is told, up to the message that is waited for."""
    async with asyncio.timeout(60):
        async for line in stream.content:
            if line.startswith(b"data: "):
                told = json.dumps(json.loads(line[6:]), ensure_ascii=False)
                if wanted in told:
                    return told
    raise AssertionError(wanted)


async def test_before_the_own_school_begins_the_page_shows_the_invented_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await shell("init", "--platform", "web", "--yes") == 0
    assert settings.read({}, to_run=True).playground
    assert there() == {FILE}
    assert "promobot init --overwrite" in capsys.readouterr().out
