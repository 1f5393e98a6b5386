"""Where everything is kept: tables, the one writer, named queries, the vault.

Knows facts and postings, not what people say. SQLAlchemy Core states schema and statements;
compiled once, they run on the drivers sqlite3 and psycopg.
"""
