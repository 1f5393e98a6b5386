"""The demonstration school: how it is made, and that it is the same every time."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Row, text

from bot.adapters.local import Event, LocalPlatform, Message
from bot.cli import main
from bot.playground import school
from bot.playground.demo import making, own, script, talk
from bot.playground.demo.player import OutOfTune
from bot.process.app import open_database
from bot.settings import Settings
from bot.shell.score import document_at
from commands.chat.messages import Chat, File
from commands.filing.deciders import decidable, decided_kinds
from commands.roster.demo_school import roster
from db import ledger, plans
from db.engine.database import Database
from db.people import directory
from scoring.facts import State
from scoring.moments import day_of

FOUND = Settings()
URL = FOUND.playground_database
FILE = Path(URL.removeprefix(making.FILE))
[PLAN] = plans.shipped()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole demonstration database; not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    making.make(f"{making.FILE}{(folder / 'one.db').as_posix()}", FOUND)
    return folder / "one.db"


@pytest.fixture
def little_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "history", lambda *given: script.history(*given)[:3])


def opened(file: Path) -> Database:
    return open_database(f"{making.FILE}{file.as_posix()}", FOUND)


def rows(file: Path, statement: str) -> list[Row[tuple[object, ...]]]:
    db = opened(file)
    try:
        with db.reading() as tx:
            return list(tx.run(text(statement)))
    finally:
        db.close()


CONTENT = (
    "SELECT id, kind, unit, person, title, link, details, chat, happened_at, recorded_at "
    "FROM facts ORDER BY id",
    # A reason about a lead is sealed, and no two seals of the same words are alike.
    "SELECT decisions.fact, verb, decisions.person, decisions.happened_at, "
    "decisions.recorded_at, CASE facts.kind WHEN 'lead' THEN '' ELSE reason END "
    "FROM decisions JOIN facts ON facts.id = decisions.fact ORDER BY decisions.id",
    "SELECT unit, measure, period, value FROM tallies ORDER BY unit, measure, period",
    "SELECT platform, chat, due_at, state FROM outbox ORDER BY id",
    "SELECT rule, audience, due_at, state FROM reminders ORDER BY rule, audience, due_at",
)


def test_the_same_seed_makes_the_same_school(whole: Path, tmp_path: Path) -> None:
    making.make(f"{making.FILE}{(tmp_path / 'two.db').as_posix()}", FOUND)

    for statement in CONTENT:
        assert rows(whole, statement) == rows(tmp_path / "two.db", statement)


def test_another_seed_tells_another_story(whole: Path) -> None:
    assert PLAN is not None
    db = opened(whole)
    with db.reading() as tx:
        people = directory(tx)
    db.close()
    told = [script.history(PLAN, people, seed) for seed in (1, 1, 2)]
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_nobody_was_refused_and_everything_arrived(whole: Path) -> None:
    outcomes = {row[0] for row in rows(whole, "SELECT DISTINCT outcome FROM inbox")}
    assert outcomes.isdisjoint({"refused", "failed", "flood"})
    assert {row[0] for row in rows(whole, "SELECT DISTINCT state FROM outbox")} == {"sent"}


def test_the_score_says_something_worth_reading(whole: Path) -> None:
    assert PLAN is not None
    db = opened(whole)
    with db.reading() as tx:
        document = document_at(tx, PLAN, until=script.LAST, known=script.LAST)
    db.close()
    points = {card["unit"]: card["points"] for card in document["units"]}
    assert points["信息工程系"] == "25"
    assert len({points[unit] for unit in points if unit.endswith("系")}) == 4
    it = next(card for card in document["units"] if card["unit"] == "信息工程系")
    statuses = {item["item"]: item["status"] for item in it["items"]}
    assert statuses["dy_handover"] == statuses["ppt"] == "scored"


@pytest.mark.parametrize("account", ["u-li", "u-zhao", "u-qian", "u-zheng", "u-wu", "u-sun"])
def test_each_reviewer_has_something_waiting(whole: Path, account: str) -> None:
    assert PLAN is not None
    db = opened(whole)
    with db.reading() as tx:
        known = directory(tx)
        who = known.by_account["local", account]
        rows = ledger.queue(tx, decided_kinds(PLAN, who))
        waiting = decidable(PLAN, known, who, rows)
        assert all(ledger.stands(tx, row.fact).state is State.WAITING for row in waiting)
    db.close()
    assert waiting


def test_about_120_people_with_a_head_and_an_officer_in_every_unit(whole: Path) -> None:
    assert PLAN is not None
    db = opened(whole)
    with db.reading() as tx:
        people = directory(tx)
    db.close()
    assert len(people.by_id) == len(roster(PLAN).rows) == 117
    for unit in PLAN.scored_units:
        assert people.heads(unit.code)
        assert people.officers(unit.code)
    classes = [name for person in people.by_id.values() for name in person.classes]
    assert len(classes) == len(set(classes)) >= 15


# --- the first start ----------------------------------------------------------------------


@pytest.mark.usefixtures("little_talk")  # for the second start; the first is another process
def test_a_first_start_that_is_killed_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo"], env=environ, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    new = FILE.with_name(f"{FILE.name}.new")
    while process.poll() is None and not new.exists():
        pass
    process.kill()
    process.communicate()

    assert new.exists()
    assert not FILE.exists()
    db, _ = school.open_playground(FOUND)
    with db.reading() as tx:
        assert len(directory(tx).by_id) == 117
    db.close()
    assert not new.exists()


@pytest.mark.usefixtures("little_talk")
def test_an_empty_database_is_filled_and_it_is_said() -> None:
    open_database(URL, FOUND).close()
    said: list[str] = []

    db, clock = school.open_playground(FOUND, said.append)
    db.close()

    assert len(said) == 1
    assert "演示学校" in said[0]
    assert 0 <= clock.now() - script.LAST < 60


@pytest.mark.usefixtures("little_talk")
def test_later_starts_make_nothing_anew() -> None:
    said: list[str] = []
    school.open_playground(FOUND, said.append)[0].close()
    before = FILE.read_bytes()
    school.open_playground(FOUND, said.append)[0].close()

    assert len(said) == 1
    assert FILE.read_bytes() == before


# --- promobot demo ------------------------------------------------------------------------


@pytest.mark.usefixtures("little_talk")
def test_the_shell_makes_it_anew_and_its_clock_begins_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    db, clock = school.open_playground(FOUND)
    db.close()
    clock.advance(clock.now() + 86_400)

    assert main(["demo"]) == 0

    assert "117 人" in capsys.readouterr().out
    db, clock = school.open_playground(FOUND)
    db.close()
    assert clock.now() - script.LAST < 60


@pytest.mark.usefixtures("little_talk")
def test_a_database_in_use_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    db, _ = school.open_playground(FOUND)
    with db.reading() as tx:
        directory(tx)

    assert main(["demo"]) == 2

    db.close()
    assert "正在使用" in capsys.readouterr().err


@pytest.mark.usefixtures("little_talk")
def test_a_school_of_ones_own_is_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("r.csv").write_text("工号,姓名,部门,角色\nT1,何平,财务部,管理员\n", "utf-8")
    assert main(["roster", "import", "r.csv", "--yes", "--db", "sqlite:///own.db"]) == 0
    before = Path("own.db").read_bytes()

    assert main(["demo", "--db", "sqlite:///own.db"]) == 2

    assert "没有改动" in capsys.readouterr().err
    assert Path("own.db").read_bytes() == before


@pytest.mark.usefixtures("little_talk")
def test_another_demonstration_may_be_made_anew_with_another_seed() -> None:
    assert main(["demo", "--db", "sqlite:///d.db"]) == 0
    assert main(["demo", "--db", "sqlite:///d.db", "--seed", "7"]) == 0


def test_the_seed_of_the_shell_is_the_usual_one() -> None:
    from bot.cli import parser

    assert parser().parse_args(["demo"]).seed == script.SEED


# --- a month with one's own people and plan -----------------------------------------------

OWN = """工号,姓名,部门,角色,账号
S1,周明,低年级组,宣传员,telegram:71
S2,吴敏,德育处,考核组,u-wu
S3,郑好,高年级组,宣传员,wecom:zheng
S4,王平,德育处,管理员,
"""


def rehearsed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["demo", *arguments]) == 0
    return capsys.readouterr().out


def test_a_month_is_rehearsed_with_ones_own_people_and_plan_and_nobody_outside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("own.csv").write_text(OWN, "utf-8")
    told = rehearsed(capsys, "--roster", "own.csv", "--plan", "primary")

    assert "演练好了：4 人" in told
    assert "没有宣传员的部门：" in told
    assert "名册里没有：院长" in told
    assert told.rstrip().endswith("promobot run --demo")
    accounts = rows(FILE, "SELECT platform, account FROM accounts ORDER BY account")
    assert [tuple(row) for row in accounts] == [
        *[("local", name) for name in ("S1", "S3", "S4", "u-wu")]
    ]
    assert rows(FILE, "SELECT id FROM facts WHERE kind = 'news'")
    assert {row[0] for row in rows(FILE, "SELECT DISTINCT verb FROM decisions")} == {"approve"}
    assert not rows(FILE, "SELECT id FROM outbox WHERE platform <> 'local'")
    before = [rows(FILE, one) for one in CONTENT]
    db, clock = school.open_playground(FOUND)
    db.close()
    today = day_of(int(time.time()))
    _, last = own.span(replace(PLAN, year=today.year), today)
    assert 0 <= clock.now() - last < 600

    rehearsed(capsys, "--roster", "own.csv", "--plan", "primary")
    assert [rows(FILE, one) for one in CONTENT] == before


def test_a_line_that_does_nothing_is_no_story(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = script.Line(at=script.BEGIN + 1, account="u-liu", text="今天天气好", name="nothing")
    monkeypatch.setattr(making, "history", lambda *_: [lost])
    with pytest.raises(OutOfTune):
        making.make(URL, FOUND)
    assert not FILE.exists()


# --- what the chats last showed -----------------------------------------------------------


def recall(platform: LocalPlatform, file: Path) -> None:
    with talk.Talk(file) as kept:
        kept.recall(platform)


def test_the_chats_show_again_what_they_showed(whole: Path) -> None:
    platform = LocalPlatform()
    recall(platform, talk.beside(whole))
    shown = platform.transcript(Chat(platform="local", id="u-li"))
    assert shown
    assert min(message.at for message in shown) >= script.LAST - 86_400
    assert platform.newest_with(shown[0].chat, "通过") is not None
    group = platform.transcript(Chat(platform="local", id="staff", group=True))
    assert not any("1390" in message.text for message in group)


def test_talk_survives_being_kept_and_recalled_twice(whole: Path, tmp_path: Path) -> None:
    first, again = LocalPlatform(), LocalPlatform()
    recall(first, talk.beside(whole))
    talk.keep_newest(first, tmp_path / "x.talk")
    recall(again, tmp_path / "x.talk")
    assert first.chats
    assert again.chats == first.chats


def everything(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.iterdir())


def test_what_is_removed_from_a_chat_is_overwritten_in_its_file(tmp_path: Path) -> None:
    file, group = tmp_path / "x.talk", Chat(platform="local", id="staff", group=True)
    said = Message(id="m1", chat=group, author="u-ma", text="请回电 13900001234")
    said.files = (File(name="a.csv", data=b"13900005678"),)
    answer = Message(id="m2", chat=group, author=None, text="已移走")
    with talk.Talk(file) as kept:
        kept.note(Event(kind="said", message=said))
        assert b"13900001234" in everything(tmp_path)
        kept.note(Event(kind="sent", message=answer, deleted=(said,)))
        assert b"1390000" not in everything(tmp_path)
        if os.name != "nt":
            assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}


def test_a_file_in_use_stops_no_talk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    chat = Chat(platform="local", id="u-ma")
    said = Message(id="m1", chat=chat, author="u-ma", text="帮助")
    other = sqlite3.connect(tmp_path / "x.talk")
    with talk.Talk(tmp_path / "x.talk") as kept:
        other.execute("BEGIN EXCLUSIVE")
        with caplog.at_level("WARNING", "promobot.talk"):
            kept.note(Event(kind="said", message=said))
        assert "talk not kept" in caplog.text
        other.rollback()
        kept.note(Event(kind="edited", message=said))
        kept.recall(platform := LocalPlatform())
    other.close()
    assert platform.transcript(chat) == [said]


def test_a_chat_recalls_no_more_than_the_platform_keeps(tmp_path: Path) -> None:
    chat = Chat(platform="local", id="u-ma")
    with talk.Talk(tmp_path / "x.talk") as kept:
        kept.keep(Message(id=f"m{n}", chat=chat, author=None, text=str(n)) for n in range(5))
        for _ in range(2):
            kept.recall(platform := LocalPlatform(keep=3))
            assert [message.text for message in platform.transcript(chat)] == ["2", "3", "4"]


@pytest.mark.parametrize("kept", [b"", b"\xff\xfe", b"{}\n[]\nnull\nx"])
def test_talk_that_cannot_be_read_is_left_out(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "x.talk").write_bytes(kept)
    platform = LocalPlatform()
    recall(platform, tmp_path / "x.talk")
    assert platform.chats == {}
