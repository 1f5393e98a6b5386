"""Runs the migrations; imported only if there is something to migrate."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect

from db.errors import DatabaseFault
from db.schema import metadata
from db.wording import say


def config() -> Config:
    """Alembic's configuration for the scripts beside this file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return settings


def upgrade(engine: Engine) -> None:
    """Migrate the database behind an engine to the newest version, in one transaction."""
    with engine.begin() as connection:
        upgrade_on(connection)


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Migrate in the transaction of a connection.

    Raises DatabaseFault for a version that this program does not know, and for tables of the
    first version from before it was settled, which lack columns.
    """
    settings = config()
    settings.attributes["connection"] = connection
    try:
        command.upgrade(settings, revision)
    except CommandError as fault:
        raise DatabaseFault(say("database.version")) from fault
    if revision == "head":
        _complete(connection)


def _complete(connection: Connection) -> None:
    """Add the tables that the first version got before it was settled."""
    metadata.create_all(connection)
    seen = inspect(connection)
    for table in metadata.tables.values():
        stored = {column["name"] for column in seen.get_columns(table.name)}
        if not stored >= {column.name for column in table.columns}:
            raise DatabaseFault(say("database.version"))


def knows(revision: str) -> bool:
    """Whether this program can migrate from a version."""
    known = ScriptDirectory.from_config(config()).walk_revisions()
    return revision in {script.revision for script in known}
