"""What a process does by itself: the nightly backup, pruning; what it notices and says."""

import asyncio
import json
import os
import re
import sqlite3
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.cli import main
from bot.process import upkeep as upkeep_module
from bot.process.alone import alone
from bot.process.app import open_database
from bot.process.health import Health
from bot.process.running import running
from bot.process.upkeep import Upkeep, keep_up, last_night, nightly, prune
from bot.settings import Settings
from commands.chat.errors import Retry
from commands.chat.messages import Receipt
from db import audit, leases, reminders
from db.backup import BackupFault
from db.engine.database import Database
from db.engine.tx import Reading
from db.engine.writer import Writer
from db.errors import DatabaseFault
from db.schema import inbox, outbox
from db.schema import leases as leases_table
from scoring.errors import OperatorError
from scoring.moments import DAY
from tests.conftest import KEY
from tests.worlds.school import School, close_school, open_school


@pytest.fixture
def upkeep(tmp_path: Path) -> Upkeep:
    return Upkeep(folder=tmp_path / "kept", keep=(7, 4, 12), keep_days=30)


async def test_a_backup_is_made_every_night_and_health_tells(
    school: School, upkeep: Upkeep
) -> None:
    await school.at("04-02 01:00")
    assert "还没有备份" in (await school.says("u-he", "健康"))[-1]
    for moment in ("04-02 02:00", "04-02 09:00", "04-02 23:59", "04-03 02:01"):
        await school.at(moment)
        await nightly(school.app, upkeep, "one")

    names = sorted(path.name for path in upkeep.folder.glob("*.backup"))
    assert names == ["promobot-20240402-020000.backup", "promobot-20240403-020100.backup"]
    assert "最近备份：4月3日 02:01，已打开核对" in (await school.says("u-he", "健康"))[-1]
    await school.at("04-09 10:00")
    assert "已超过两天" in (await school.says("u-he", "健康"))[-1]


async def test_a_night_without_backup_is_said_and_tried_again_within_two_hours(
    school: School, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def full(*_: Any) -> None:
        tries.append(school.clock.now())
        raise BackupFault("磁盘满了")

    await school.at("04-02 02:00")
    with monkeypatch.context() as patch:
        patch.setattr("bot.process.archive.make", full)
        for moment in ("04-02 02:00", "04-02 02:01", "04-02 02:59"):
            await school.at(moment)
            await nightly(school.app, upkeep, "one")
            await nightly(school.app, upkeep, "other")
    assert len(tries) == 1
    assert "4月2日 02:00 的备份没有做成" in (await school.says("u-he", "健康"))[-1]
    await school.at("04-02 04:00")
    await nightly(school.app, upkeep, "one")
    assert "最近备份：4月2日 04:00" in (await school.says("u-he", "健康"))[-1]


async def test_health_tells_what_a_platform_does_not_take(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(_: object) -> Receipt:
        raise Retry("502")

    await school.at("04-02 09:00")
    with monkeypatch.context() as patch:
        patch.setattr(school.platform, "send", down)
        await school.says("u-chen", "帮助")
        await school.at("04-02 09:08")
    assert (
        "local 有 1 条消息到时候没发出去，最早的从 4月2日 09:00 等起"
        in (await school.says("u-he", "健康"))[-1]
    )

    await school.at("04-02 09:20")
    assert "没发出去" not in (await school.says("u-he", "健康"))[-1]


async def test_the_night_begins_at_two(school: School) -> None:
    await school.at("04-02 01:59")
    assert last_night(school.clock.now()) == school.clock.now() - DAY + 60
    await school.at("04-02 02:00")
    assert last_night(school.clock.now()) == school.clock.now()


async def test_old_updates_and_delivered_messages_go_and_nothing_else(
    school: School, upkeep: Upkeep
) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三 机电", at="03-20 10:00")
    await school.says("u-liu", "得分", at="04-10 10:00")
    await school.at("04-25 10:00")

    def counts() -> tuple[int, ...]:
        with school.app.db.reading() as tx:
            return tuple(
                tx.run(select(func.count().label("rows")).select_from(table))[0].rows
                for table in (inbox, outbox)
            )

    def reached() -> list[list[int]]:
        with school.app.db.reading() as tx:
            return [reminders.reached(tx, person, "ppt") for person in range(1, 40)]

    before, told = counts(), reached()
    pruned = await prune(school.app, school.clock.now() - 30 * DAY)
    after = counts()

    assert pruned == sum(before) - sum(after) > 0
    assert reached() == told
    assert any(told)
    with school.app.db.reading() as tx:
        assert all(r.received_at >= school.clock.now() - 30 * DAY for r in tx.run(select(inbox)))
    assert await prune(school.app, school.clock.now() - 30 * DAY) == 0


async def test_upkeep_goes_on_after_a_fault(
    school: School, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, thrice = [], asyncio.Event()

    async def failing(*_: Any) -> None:
        seen.append(1)
        if len(seen) == 3:
            thrice.set()
        raise RuntimeError("once more")

    monkeypatch.setattr(upkeep_module, "nightly", failing)
    task = asyncio.create_task(keep_up(school.app, "me", upkeep=upkeep, every=0.01))
    await asyncio.wait_for(thrice.wait(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


# --- what is noticed ------------------------------------------------------------------------


async def fetched(port: int) -> tuple[int, dict[str, Any]]:
    def fetch() -> tuple[int, dict[str, Any]]:
        url = f"http://127.0.0.1:{port}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as fault:
            with fault:
                return fault.code, json.loads(fault.read())

    return await asyncio.to_thread(fetch)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of an open file")
@pytest.mark.parametrize("side", ["", "-wal"])
@pytest.mark.parametrize("how", ["removed", "replaced"])
async def test_a_database_taken_away_is_noticed_and_intake_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: str, how: str
) -> None:
    monkeypatch.setattr("bot.process.health.FRESH", 0.0)
    db = Database.open(f"sqlite:///{tmp_path / 's.db'}", KEY)
    db.migrate()
    school = await open_school(db)
    async with running(school.app, "127.0.0.1", 0) as port:
        assert await fetched(port) == (200, {"ready": True})
        file = tmp_path / f"s.db{side}"
        held = file.with_suffix(".held")
        os.replace(file, held)
        if how == "replaced":
            file.write_bytes(held.read_bytes())

        status, said = await fetched(port)
        assert (status, said["ready"]) == (503, False)
        assert "被移走、删去或换掉" in said["reason"]
        with pytest.raises((DatabaseFault, sqlite3.Error)):
            await school.platform.says("u-liu", school._chat("u-liu", ""), "报线索 张 13800010001")

        os.replace(held, file)  # put back in time: nothing was lost, and it goes on
        assert await fetched(port) == (200, {"ready": True})
        await school.says("u-liu", "报线索 张某 13800010001 初三")


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of an open file")
def test_a_reader_opened_while_the_log_was_away_reads_what_all_read_once_it_is_back(
    tmp_path: Path,
) -> None:
    db = Database.open(f"sqlite:///{tmp_path / 's.db'}", KEY)
    db.migrate()
    log, held = tmp_path / "s.db-wal", tmp_path / "s.held"

    def names(tx: Reading) -> list[str]:
        return [row.name for row in tx.run(select(leases_table.c.name))]

    def read() -> list[str]:
        with db.reading() as tx:
            return names(tx)

    with Writer(db) as writer:
        for name in ("one", "two"):
            hold = partial(leases.hold, name=name, holder="x", now=1, seconds=60)
            writer.submit(hold).result()
            if name == "one":
                os.replace(log, held)
                with suppress(DatabaseFault, sqlite3.Error):
                    db.peek("names", names)
                with suppress(DatabaseFault, sqlite3.Error):
                    read()
                os.replace(held, log)
        assert sorted(db.peek("names again", names)) == ["one", "two"]
        with suppress(sqlite3.Error):  # once it may still be told
            read()
        assert sorted(read()) == ["one", "two"]
    db.close()


async def test_ready_is_red_when_every_platform_is_gone(school: School) -> None:
    health = Health(school.app)
    assert await health.trouble() == "正在启动"
    health.started = True
    assert await health.trouble() == ""
    health.down.add("local")
    health._asked_at = -10
    assert "连不上平台（local）" in await health.trouble()


async def test_ready_is_red_when_the_writer_is_gone(tmp_path: Path) -> None:
    db = Database.open(f"sqlite:///{tmp_path / 's.db'}", KEY)
    db.migrate()
    school = await open_school(db)
    health = Health(school.app)
    health.started = True
    school.app.writer.close()
    assert "正在停止" in await health.trouble()
    close_school(school)
    db.close()


# --- one process a file ---------------------------------------------------------------------


def test_a_second_run_on_the_same_file_is_refused_by_name(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    with alone(url):
        with (
            pytest.raises(OperatorError, match=rf"s\.db 已由另一个.*{os.getpid()}"),
            alone(url),
        ):
            pass
        Database.open(url, KEY).close()  # other commands work beside it
    with alone(url):
        pass
    with alone("postgresql://x/y"), alone("postgresql://x/y"):
        pass


def test_a_playground_is_not_opened_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    with alone(Settings().playground_database):
        assert main(["run"]) == 2
    assert "playground.db 已由另一个 promobot run" in capsys.readouterr().err


# --- nothing unasked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("migrate",),
        ("migrate", "--db", "sqlite:///typo/school.db"),
        ("doctor",),
        ("backup",),
        ("roster", "import", "r.csv", "--yes", "--db", "sqlite:///typo/school.db"),
        ("roster", "import", "r.csv", "--yes", "--db", "sqlite:///kept/shcool.db"),
        ("restore", "nothing.backup"),
    ],
)
def test_a_mistyped_address_creates_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.csv").write_text("工号,姓名,部门,角色\nT1,何平,财务部,管理员\n", "utf-8")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "school.db").write_bytes(b"")
    before = sorted(tmp_path.rglob("*"))

    assert main(list(arguments)) == 2

    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert re.search("[一-龟]", said)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_database_that_was_taken_away_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = Settings(platforms=("console",))
    open_database(found.database, found).close()
    os.replace("data/promobot.db", "moved.db")

    with pytest.raises(OperatorError, match="不见了"):
        open_database(found.database, found)
    assert not Path("data/promobot.db").exists()
    open_database(found.database, found, new=True).close()


def test_the_doctor_ends_in_no_trace_on_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["migrate", "--new", "--db", "sqlite:///s.db"]) == 0
    data = bytearray(Path("s.db").read_bytes())
    for place in range(8 * 4096, len(data) - 4096, 4096):
        data[place : place + 2_000] = b"\xff" * 2_000
    Path("s.db").write_bytes(data)

    code = main(["doctor", "--db", "sqlite:///s.db"])

    out, err = capsys.readouterr()
    assert code in {1, 2}
    assert "没有问题" not in out
    assert "Traceback" not in err + out
    assert any(word in out + err for word in ("损坏", "没有查成", "打不开数据库"))


def test_the_doctor_names_a_backup_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.shell.care.time.time", lambda: 1_711_700_000)
    found = Settings(database_url="sqlite:///s.db")
    db = open_database(found.database, found, new=True)
    with Writer(db) as writer:
        writer.submit(
            lambda tx: audit.note(
                tx, at=1_711_700_000, person=None, action="backup_failed", subject="backup", chat=""
            )
        ).result()
    db.close()

    assert main(["doctor", "--db", "sqlite:///s.db"]) == 1
    assert "最近一次备份没有做成（2024-03-29 16:13）" in capsys.readouterr().out
    assert main(["backup", "--db", "sqlite:///s.db"]) == 0
    assert main(["doctor", "--db", "sqlite:///s.db"]) == 0
