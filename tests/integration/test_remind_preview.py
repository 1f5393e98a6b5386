"""`promobot remind preview` says what would go to whom, and sends nothing."""

from pathlib import Path

import pytest

from bot.cli import main
from db import outbox
from db.engine.database import Database
from tests.conftest import KEY
from tests.worlds.school import ROSTER

DAYS = ["--from", "2024-04-03", "--to", "2024-04-03"]


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a roster, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROMOBOT_KEY", KEY.hex())
    monkeypatch.setenv("PROMOBOT_DATABASE_URL", "sqlite:///school.db")
    assert main(["roster", "import", str(ROSTER), "--yes"]) == 0
    return tmp_path / "school.db"


def test_it_lists_a_day_with_its_listeners(
    school: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["remind", "preview", *DAYS]) == 0
    said = capsys.readouterr().out
    assert "4月3日（周三） 10:00　王建国（机电工程系）" in said
    assert "机电直播专班还差 2 名教师" in said
    assert "4月3日（周三） 15:30" in said
    assert "4月4日" not in said.replace("4月4日起", "")
    db = Database.open(f"sqlite:///{school}", KEY)
    with db.reading() as tx:
        assert outbox.counts(tx) == {}
    db.close()


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["--from", "2024-04-05", "--to", "2024-04-03"], "--to 比 --from 早"),
        (["--from", "2020-01-01", "--to", "2024-04-03"], "一次最多看 400 天"),
        (["--from", "昨天"], "--from 的时间没看懂"),
    ],
)
def test_days_that_make_no_sense_are_said_in_one_line(
    school: Path, capsys: pytest.CaptureFixture[str], days: list[str], said: str
) -> None:
    assert main(["remind", "preview", *days]) == 2
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert len(told.splitlines()) == 1


def test_days_without_a_reminder_say_so(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remind", "preview", "--from", "2024-04-06", "--to", "2024-04-06"]) == 0
    assert "直播教师最后一天" in capsys.readouterr().out
    assert main(["remind", "preview", "--from", "2024-01-06", "--to", "2024-01-06"]) == 0
    assert capsys.readouterr().out.strip() == "这段时间没有提醒。"
