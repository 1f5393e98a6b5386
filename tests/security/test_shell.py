"""Looking at a database changes nothing beside it: no key is written that was not there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.process.app import open_database
from bot.settings import Settings

DATABASE = "sqlite:///data/promobot.db"
Shell = Callable[..., tuple[int, str, str]]

LOOKING = [
    ("score", "--as-of", "2024-04-05"),
    ("score", "机电", "--json", "--as-of", "2024-04-05"),
    ("doctor",),
    ("doctor", "telegram"),
    ("doctor", "wecom"),
    ("report", "2024-04"),
    ("remind", "preview"),
]
WRITING = [("run",), ("migrate",), ("roster", "codes"), ("roster", "import", "r.csv", "--dry-run")]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Run a command in an empty folder: its code, what it said, and what it complained of."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("PROMOBOT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PROMOBOT_DATABASE_URL", DATABASE)
    monkeypatch.setenv("PROMOBOT_PLATFORMS", "telegram")
    monkeypatch.setenv("PROMOBOT_TELEGRAM_TOKEN", "4242:Emulated-Token_of-the-bot")
    monkeypatch.setenv("PROMOBOT_TELEGRAM_API_BASE", "http://127.0.0.1:1")
    monkeypatch.setenv("PROMOBOT_WECOM_BOT_ID", "aib")
    monkeypatch.setenv("PROMOBOT_WECOM_BOT_SECRET", "s" * 43)
    monkeypatch.setenv("PROMOBOT_WECOM_WS_URL", "ws://127.0.0.1:1")
    (tmp_path / "r.csv").write_text("工号,姓名,部门\n", "utf-8")

    def call(*words: str) -> tuple[int, str, str]:
        code = main(words)
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def kept(shell: Shell, tmp_path: Path) -> Path:
    """A database whose key file is away."""
    open_database(DATABASE, Settings(database_url=DATABASE), new=True).close()
    key = tmp_path / "data" / "key"
    key.rename(tmp_path / "key.away")
    return key


@pytest.mark.parametrize("words", [*LOOKING, *WRITING])
def test_beside_a_database_whose_key_is_away_no_key_is_made(
    words: tuple[str, ...], shell: Shell, kept: Path, tmp_path: Path
) -> None:
    before = (tmp_path / "data" / "promobot.db").read_bytes()
    code, out, err = shell(*words)
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "密钥文件" in err
    assert not kept.exists()
    assert (tmp_path / "data" / "promobot.db").read_bytes() == before
    (tmp_path / "key.away").rename(kept)
    assert shell("score", "--as-of", "2024-04-05")[0] == 0


@pytest.mark.parametrize("words", LOOKING)
def test_looking_before_the_first_start_creates_nothing(
    words: tuple[str, ...], shell: Shell, tmp_path: Path
) -> None:
    code, _, _ = shell(*words)
    assert code in (1, 2)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", LOOKING)
def test_a_key_file_that_is_named_and_away_is_not_made(
    words: tuple[str, ...],
    shell: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_database(DATABASE, Settings(database_url=DATABASE), new=True).close()
    monkeypatch.setenv("PROMOBOT_KEY_FILE", str(tmp_path / "elsewhere"))
    code, _, err = shell(*words)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_database_gets_a_key_of_its_own(shell: Shell, tmp_path: Path) -> None:
    assert shell("migrate", "--new")[0] == 0
    key = tmp_path / "data" / "key"
    assert key.exists()
    written = key.read_bytes()
    assert shell("migrate")[0] == 0
    assert key.read_bytes() == written
    if os.name == "posix":
        assert key.stat().st_mode & 0o077 == 0
