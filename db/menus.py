"""Hashes of the menus set on a platform, so that each is set only once."""

from sqlalchemy import bindparam, delete, select

from db.engine.tx import Reading, Tx
from db.schema import menus

_KNOWN = select(menus.c.scope, menus.c.hash).where(menus.c.platform == bindparam("on"))
_FORGET = delete(menus).where(
    menus.c.platform == bindparam("on"), menus.c.scope == bindparam("where")
)


def known(tx: Reading, platform: str) -> dict[str, str]:
    """Scope -> hash of the menu shown there."""
    return {row.scope: row.hash for row in tx.run(_KNOWN, on=platform)}


def keep(tx: Tx, platform: str, scope: str, digest: str) -> None:
    """Note the menu that the platform now shows in a scope."""
    tx.change(_FORGET, on=platform, where=scope)
    tx.add(menus, platform=platform, scope=scope, hash=digest)
