"""Temporary access tokens of platforms: sealed, one per name, shared by the replicas."""

from sqlalchemy import bindparam, delete

from db.engine.tx import Reading, Tx
from db.schema import tokens
from scoring.moments import Instant

_FORGET = delete(tokens).where(tokens.c.name == bindparam("which"))


def get(tx: Reading, name: str) -> tuple[str, Instant] | None:
    """A token and when it expires."""
    row = tx.find(tokens, name)
    if row is None:
        return None
    return tx.vault.open(bytes(row.sealed), _context(name)).decode(), int(row.ends_at)


def put(tx: Tx, name: str, text: str, ends_at: Instant) -> None:
    """Store a token in place of the previous one."""
    tx.change(_FORGET, which=name)
    sealed = tx.vault.seal(text.encode(), _context(name))
    tx.add(tokens, name=name, sealed=sealed, ends_at=ends_at)


def _context(name: str) -> bytes:
    return f"token {name}".encode()
