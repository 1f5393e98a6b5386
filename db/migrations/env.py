"""Alembic's entry point: migrates on the connection, and in the transaction, it is given."""

from alembic import context
from sqlalchemy import text

from db.schema import metadata

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    from db.migrations import TURN  # a migration is a write: two processes never do it at once

    connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
