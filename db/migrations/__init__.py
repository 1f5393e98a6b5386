"""The migrations of the schema, step by step (alembic)."""

HEAD = "0013"
"""The newest version, readable without importing alembic."""

TURN = 7_262_626
"""The PostgreSQL advisory lock held while writing or migrating."""
