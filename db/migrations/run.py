"""Runs the migrations; imported only if there is something to migrate."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine

from db.errors import DatabaseFault
from db.wording import say


def config() -> Config:
    """Alembic's configuration for the scripts beside this file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return settings


def upgrade(engine: Engine) -> None:
    """Migrate the database behind an engine to the newest version, in one transaction."""
    settings = config()
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        try:
            command.upgrade(settings, "head")
        except CommandError as fault:
            raise DatabaseFault(say("database.version")) from fault
