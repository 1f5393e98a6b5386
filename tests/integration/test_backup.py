"""Backups: whole, sealed, and restored into either database; bad input changes nothing."""

import asyncio
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.process import archive, restoring
from bot.process.proof import proof
from db import backup, erasures, ledger, outbox
from db.backup import BackupFault
from db.engine.database import Database, driver_of
from db.engine.vault import Vault
from db.engine.writer import Writer
from db.errors import DatabaseFault
from db.migrations import HEAD
from db.schema import facts, leads, metadata
from scoring.moments import DAY, ZONE, Instant, instant
from tests.conftest import KEY, Address
from tests.worlds import episodes
from tests.worlds.school import School, close_school, open_school

IN_USE = r"内容|不是空的"
NAMES = ("张某", "陈晓", "13800010001")


async def _lived_in(database: Database) -> School:
    """A school with reports, a lead and a frozen month."""
    school = await open_school(database)
    await episodes.reported(school)
    await school.says("u-liu", "报线索 张某 13800010001 初三 机电", at="04-03 10:00")
    await episodes.frozen(school)
    return school


def _restored(made: archive.Made, url: str, *folders: Path) -> restoring.Restored:
    return restoring.restore(driver_of(url), Vault(KEY), made.path, folders or [made.path.parent])


def _rows(url: str) -> dict[str, list[Any]]:
    """Everything in a database, for comparison."""
    database = Database.open(url, KEY)
    try:
        with backup.snapshot(database) as tx:
            return {
                table.name: sorted(map(repr, (tuple(_plain(row)) for row in tx.run(select(table)))))
                for table in metadata.sorted_tables
            }
    finally:
        database.close()


def _plain(row: Any) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]


async def test_a_backup_fills_either_database_with_the_same(
    database: Database, sqlite_address: Address, postgres_address: Address, tmp_path: Path
) -> None:
    school = await _lived_in(database)
    made = archive.make(database, tmp_path / "kept", school.clock.now())
    with backup.snapshot(database) as tx:
        before = proof(tx, made.head.taken_at)
    close_school(school)

    copies = [sqlite_address(False), postgres_address(False)]
    for url in copies:
        done = _restored(made, url)
        assert (done.same, done.erased) == (True, 0)
        copy = Database.open(url, KEY)
        with copy.reading() as tx:
            assert proof(tx, made.head.taken_at) == before
        copy.close()

    assert before["months"][0][:2] == ["2024", "2024-04"]
    assert before["months"][0][3] is True
    assert _rows(copies[0]) == _rows(copies[1])
    kept = _rows(copies[0])
    assert {name: len(rows) for name, rows in kept.items()} == {
        name: table.rows for name, table in made.head.tables.items()
    }


async def test_a_restored_school_goes_on_with_the_next_number(
    school: School, postgres_address: Address, tmp_path: Path
) -> None:
    await episodes.reported(school)
    made = archive.make(school.app.db, tmp_path, school.clock.now())
    url = postgres_address(True)  # migrated, but never used

    _restored(made, url)

    def report(tx: Any) -> int:
        entry = ledger.report(
            tx, school.plan, kind="news", unit="it", person=1, happened_at=5, recorded_at=5
        )
        return entry.number

    copy = Database.open(url, KEY)
    with Writer(copy) as writer:
        assert writer.submit(report).result() == made.head.tables["facts"].rows + 1
    copy.close()


async def test_no_name_and_no_number_is_in_its_bytes(school: School, tmp_path: Path) -> None:
    await episodes.reported(school)
    await school.says("u-liu", "报线索 张某 13800010001 初三 机电")
    made = archive.make(school.app.db, tmp_path, school.clock.now())

    data = made.path.read_bytes()

    assert not any(name.encode() in data for name in NAMES)
    assert made.path.stat().st_mode & 0o077 == 0
    assert made.head.until == 1_767_196_800  # 2026-01-01: 365 days after the plan's year


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _last_chunk_cut(data: bytes) -> bytes:
    return data[:-20]


def _flipped(data: bytes) -> bytes:
    place = len(data) - 400
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _head_changed(data: bytes) -> bytes:
    return data.replace(b'"people":[', b'"people" :[', 1)


def _longer(data: bytes) -> bytes:
    return data + b"more"


def _another(data: bytes) -> bytes:
    return b"PK\x03\x04" + data


def _newer_schema(data: bytes) -> bytes:
    return data.replace(f'"schema":"{HEAD}"'.encode(), b'"schema":"9999"', 1)


def _newer_format(data: bytes) -> bytes:
    return data.replace(b'"format":1', b'"format":2', 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_cut, "不完整"),
        (_last_chunk_cut, "不完整"),
        (lambda data: data[:9], "不完整"),
        (lambda _: b"", "不是宣传助手的备份"),
        (_flipped, "已损坏或被改动过"),
        (_head_changed, "已损坏或被改动过"),
        (_longer, "已损坏或被改动过"),
        (_another, "不是宣传助手的备份"),
        (_newer_schema, "更新的程序"),
        (_newer_format, "更新的程序"),
    ],
)
async def test_a_bad_backup_is_refused_in_a_sentence_and_nothing_changes(
    school: School,
    address: Address,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    said: str,
) -> None:
    await episodes.reported(school)
    made = archive.make(school.app.db, tmp_path / "kept", school.clock.now())
    made.path.write_bytes(change(made.path.read_bytes()))
    url = address(False)
    before = _listed(tmp_path)

    with pytest.raises(BackupFault, match=said) as fault:
        _restored(made, url)

    assert len(str(fault.value).splitlines()) == 1
    assert _listed(tmp_path) == before
    if url.startswith("postgresql"):
        copy = Database.open(url, KEY)
        assert copy.version() is None
        copy.close()


async def test_a_backup_of_another_key_is_refused(school: School, tmp_path: Path) -> None:
    made = archive.make(school.app.db, tmp_path / "kept", school.clock.now())
    driver = driver_of(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(BackupFault, match="另一把密钥"):
        restoring.restore(driver, Vault(bytes(32)), made.path, [])
    assert not (tmp_path / "other.db").exists()


async def test_a_database_in_use_is_not_overwritten(
    school: School, address: Address, tmp_path: Path
) -> None:
    made = archive.make(school.app.db, tmp_path / "kept", school.clock.now())
    url = address(True)
    database = Database.open(url, KEY)
    close_school(await open_school(database))
    database.close()
    before = _rows(url)

    with pytest.raises(BackupFault, match=IN_USE):
        _restored(made, url)

    assert _rows(url) == before


async def test_tables_of_another_program_are_left_alone(
    school: School, address: Address, tmp_path: Path
) -> None:
    made = archive.make(school.app.db, tmp_path / "kept", school.clock.now())
    url = address(False)
    with driver_of(url).engine().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE somebody_elses (id integer)")

    with pytest.raises(BackupFault, match=IN_USE):
        _restored(made, url)


async def test_a_folder_that_cannot_be_written_is_named(school: School, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BackupFault, match="写不进去"):
        archive.make(school.app.db, tmp_path / "file", school.clock.now())
    with pytest.raises(BackupFault, match="写不进去"):
        archive.make(school.app.db, tmp_path / "file" / "deeper", school.clock.now())


async def test_a_disk_that_fills_in_mid_backup_leaves_no_partial_file(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await episodes.reported(school)
    folder = tmp_path / "kept"
    write = backup.write

    def filling(*given: Any, **named: Any) -> Any:
        write(*given, **named)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "write", filling)
    with pytest.raises(BackupFault, match="磁盘满了"):
        archive.make(school.app.db, folder, school.clock.now())

    assert list(folder.iterdir()) == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from bot.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="a limit of file sizes as POSIX has it")
async def test_files_may_not_grow_any_more_while_backing_up_or_restoring(
    school: School, tmp_path: Path
) -> None:
    """The system itself refuses the bytes, at whatever place of the file."""
    await episodes.reported(school)
    made = archive.make(school.app.db, tmp_path / "kept", school.clock.now())
    source = school.app.db.driver.path  # type: ignore[attr-defined]
    (tmp_path / "new").mkdir()
    backing = ["backup", "--to", str(tmp_path / "more"), "--db", f"sqlite:///{source}"]
    filling = ["restore", str(made.path), "--db", f"sqlite:///{tmp_path / 'new' / 'x.db'}"]
    for limit, arguments in ((8_000, backing), (100_000, backing), (100_000, filling)):
        assert resource.RLIMIT_FSIZE is not None
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", LIMITED, str(limit), *arguments],
            env={**os.environ, "PROMOBOT_KEY": KEY.hex(), "PYTHONPATH": os.getcwd()},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert "Traceback" not in done.stderr
        assert list((tmp_path / "more").glob("*")) == []
        assert list((tmp_path / "new").iterdir()) == []


# --- what was erased stays erased -----------------------------------------------------------


async def test_what_was_erased_after_a_backup_is_erased_again(
    school: School, address: Address, tmp_path: Path
) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三 机电", at="03-29 10:00")
    await school.says("u-liu", "报线索 李某 13800010099 初三 机电", at="03-29 10:01")
    made = archive.make(school.app.db, tmp_path / "kept", school.clock.now())
    with school.app.db.reading() as tx:
        recorded = ledger.entry(tx, 1).fact.recorded_at
    now = school.clock.now() + DAY

    def forget(tx: Any) -> None:
        erasures.erase(tx, 1, reported_at=recorded, now=now, asked_by=1, confirmed_by=2)
        erasures.refuse(tx, "13800010001", now, 1)

    await school.app.write(forget)
    archive.keep_list(school.app.db, tmp_path / "kept")
    url = address(False)

    done = _restored(made, url)

    assert (done.listed, done.erased, done.refused) == (True, 1, 1)
    copy = Database.open(url, KEY)
    with copy.reading() as tx:
        sealed = {row.fact: bytes(row.sealed) for row in tx.run(select(leads))}
        assert (sealed[1], bool(sealed[2])) == (b"", True)
        assert tx.find(facts, 1).details == ""
        assert erasures.refuses(tx, "13800010001")
        assert [row.fact for row in ledger.queue(tx, ["lead"])] == [2]
        assert b"13800010001" not in b"".join(_spoken(copy, tx))
    assert archive.read_list([tmp_path / "kept"], copy.vault) is not None
    copy.close()


def _spoken(database: Database, tx: Any) -> list[bytes]:
    found = tx.run(select(metadata.tables["outbox"]))
    return [
        database.vault.open(bytes(row.sealed), b"outbox " + row.key.encode())
        for row in found
        if row.sealed != outbox.BLANK
    ]


async def test_the_list_of_erasures_only_grows_and_is_sealed(
    school: School, tmp_path: Path
) -> None:
    db = school.app.db
    archive.keep_list(db, tmp_path)
    assert not (tmp_path / archive.LIST).exists()
    await school.app.write(lambda tx: erasures.refuse(tx, "13800010001", 5, 1))
    archive.keep_list(db, tmp_path)
    first = archive.read_list([tmp_path], db.vault)
    other = Database.open(f"sqlite:///{tmp_path / 'o.db'}", KEY)
    other.migrate()
    archive.keep_list(other, tmp_path)
    other.close()

    assert archive.read_list([tmp_path], db.vault) == first
    assert len(first.refused) == 1
    with pytest.raises(BackupFault, match="抹除名单"):
        archive.read_list([tmp_path], Vault(bytes(32)))


# --- which are kept -------------------------------------------------------------------------


def test_seven_days_four_weeks_and_twelve_months_are_kept(tmp_path: Path) -> None:
    first = datetime(2023, 1, 1, 2, tzinfo=ZONE)
    times: dict[Path, Instant] = {
        tmp_path / f"{n}": instant(first + timedelta(days=n)) for n in range(800)
    }

    lasting = sorted(times[path] for path in archive.kept(times, (7, 4, 12)))

    newest = max(times.values())
    days = [(newest - at) // DAY for at in reversed(lasting)]
    assert days[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert 18 <= len(days) <= 23
    assert 305 <= days[-1] <= 366  # the end of the twelfth month, this one counted


async def test_a_backup_goes_when_it_outlives_what_it_holds(school: School, tmp_path: Path) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三 机电")
    db, now = school.app.db, school.clock.now()
    made = [archive.make(db, tmp_path, now + n * DAY) for n in range(3)]
    until = made[0].head.until or pytest.fail("a lead has a retention")
    (tmp_path / "promobot-20200101-020000.backup").write_bytes(b"somebody else's")

    assert archive.thin(tmp_path, (7, 4, 12), until - 1, db.vault) == []
    gone = archive.thin(tmp_path, (7, 4, 12), until, db.vault)

    assert gone == [one.path for one in made[:2]]
    assert made[2].path.exists()


def test_no_backup_of_a_database_that_cannot_be_copied(tmp_path: Path) -> None:
    """A check that fails leaves no backup behind that somebody might rely on."""
    database = Database.open(f"sqlite:///{tmp_path / 'x.db'}", KEY)
    database.migrate()
    with pytest.MonkeyPatch.context() as patch:
        fault = DatabaseFault("kaputt")

        def broken(*_: Any) -> None:
            raise fault

        patch.setattr(backup, "fill", broken)
        with pytest.raises(BackupFault, match="核对没有通过"):
            archive.make(database, tmp_path / "kept", 1_711_700_000)
    assert list((tmp_path / "kept").iterdir()) == []
    database.close()
