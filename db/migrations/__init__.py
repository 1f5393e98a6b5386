"""How the schema came to be, step by step (alembic)."""

HEAD = "0001"
"""The newest version, known without importing alembic."""

TURN = 7_262_626
"""The advisory lock of PostgreSQL that whoever writes or migrates holds."""
