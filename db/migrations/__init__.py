"""How the schema came to be, step by step (alembic)."""

HEAD = "0001"
"""The newest version, known without importing alembic."""
