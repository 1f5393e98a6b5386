"""Storage: tables, the single writer, named queries, the vault.

Knows facts and postings, not what people say. Schema and statements are written in SQLAlchemy
Core, compiled once, and run on the drivers sqlite3 and psycopg.
"""
