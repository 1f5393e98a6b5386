"""The migrated schema is the one the code states; a database belongs to its key."""

import gzip
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from db import ledger, plans
from db.engine.database import Database
from db.errors import DatabaseFault, KeyMismatch
from db.migrations import HEAD
from db.migrations.run import config
from db.schema import metadata
from scoring.cards import scorecard
from tests.conftest import KEY, Address

FIXTURES = Path(__file__).parents[1] / "fixtures"


def test_migrating_an_empty_database_yields_the_stated_tables(address: Address) -> None:
    database = Database.open(address(False), KEY)
    assert database.version() is None
    database.migrate()
    assert database.version() == HEAD
    engine = database.driver.engine()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        seen = inspect(connection)
        for table in metadata.tables.values():
            primary = seen.get_pk_constraint(table.name)["constrained_columns"]
            assert primary == [column.name for column in table.primary_key.columns]
    database.close()


def test_a_report_costs_sqlite_no_tree_for_its_numbers(sqlite_address: Address) -> None:
    database = Database.open(sqlite_address(True), KEY)
    with database.driver.engine().connect() as connection:
        found = connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master").all()
    second = {table for name, table in found if name.startswith("sqlite_autoindex")}
    assert second.isdisjoint({"facts", "leads", "waiting", "postings", "audit", "decisions"})
    database.close()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    database.migrate()
    assert database.version() == HEAD


def test_the_newest_migration_is_the_one_named_without_alembic() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [HEAD]


def test_a_current_database_opens_without_importing_alembic(sqlite_address: Address) -> None:
    opening = (
        "import sys; from db.engine.database import Database; "
        f"d = Database.open({sqlite_address(True)!r}, bytes(range(32))); d.migrate(); "
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", opening], check=True)


def test_a_database_refuses_another_key(address: Address) -> None:
    url = address(True)
    Database.open(url, KEY).close()
    with pytest.raises(KeyMismatch, match="密钥与此数据库不符"):
        Database.open(url, bytes(32))


def test_a_database_of_a_later_program_is_refused(address: Address) -> None:
    database = Database.open(address(True), KEY)
    with database.driver.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseFault, match="版本"):
        database.migrate()
    database.close()


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "mysql://host/name", "data.db"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(DatabaseFault, match="PROMOBOT_DATABASE_URL"):
        Database.open(url, KEY)


def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(DatabaseFault, match="连不上"):
        Database.open("postgresql://127.0.0.1:1/none?connect_timeout=2", KEY)


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database" * 100)
    with pytest.raises(DatabaseFault, match="打不开数据库"):
        Database.open(f"sqlite:///{path}", KEY)


def test_only_its_owner_reads_a_new_database_file(sqlite_address: Address) -> None:
    url = sqlite_address(False)
    Database.open(url, KEY).close()
    assert Path(url.removeprefix("sqlite:///")).stat().st_mode & 0o077 == 0


# --- databases of earlier commits (tests/fixtures, made by the commit each is named after) ------


def _earlier(commit: str, folder: Path) -> str:
    path = folder / "school.db"
    path.write_bytes(gzip.decompress((FIXTURES / f"{commit}.db.gz").read_bytes()))
    return f"sqlite:///{path}"


@pytest.mark.parametrize("commit", ["a76c072", "98c1b07"])
def test_a_database_of_an_earlier_commit_is_brought_up(commit: str, tmp_path: Path) -> None:
    database = Database.open(_earlier(commit, tmp_path), KEY)
    database.migrate()
    assert (database.version(), database.current()) == (HEAD, True)
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    until = 1_712_139_000
    with database.reading() as tx:
        tallies, basis = ledger.tallies(tx, plan), ledger.basis(tx, plan, until, until)
        card = scorecard(plan, plan.by_code["it"], tallies, basis, until)
    earned = {verdict.item: verdict.points for verdict in card.verdicts}
    assert (earned["dy_handover"], earned["ppt"]) == (3, 5)
    database.close()


def test_a_database_from_before_the_first_version_was_settled_is_refused_and_left(
    tmp_path: Path,
) -> None:
    url = _earlier("2bb025e", tmp_path)
    database = Database.open(url, KEY)
    before = _tables(url)
    assert not database.current()
    with pytest.raises(DatabaseFault, match="版本") as fault:
        database.migrate()
    assert len(str(fault.value).splitlines()) == 1
    assert _tables(url) == before
    database.close()


def _tables(url: str) -> list[object]:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        found = raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    raw.close()
    return found
