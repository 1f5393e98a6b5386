"""Whether the database file is whole: looked at before it is served, and every night."""

import sqlite3

from sqlalchemy import text

from bot.process.app import sqlite_file
from bot.wording import say
from db.engine.database import Database
from db.errors import DatabaseFault
from scoring.errors import OperatorError

SMALL = 64 * 1024 * 1024
"""Bytes of a file that is read through in half a second; a larger one is looked at at night."""

_LOOK = text("PRAGMA quick_check(1)")


def damaged(db: Database) -> bool:
    """Whether the pages of an SQLite file contradict each other. A server checks its own."""
    if db.driver.dialect.name != "sqlite":
        return False
    try:
        with db.reading() as tx:
            return [str(row[0]) for row in tx.run(_LOOK)] != ["ok"]
    except (DatabaseFault, sqlite3.Error):
        return True


def refuse_damaged(db: Database, url: str) -> None:
    """Raise OperatorError for a damaged file, if it is small enough to be looked at now."""
    file = sqlite_file(url)
    if file is not None and file.stat().st_size <= SMALL and damaged(db):
        raise OperatorError(say("soundness.damaged", file=file))
