"""Alembic's entry: migrates on the connection and in the transaction it was given."""

from alembic import context
from sqlalchemy import text

from db.schema import metadata

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    from db.migrations import TURN  # migrating is writing: two processes never do it at once

    connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
