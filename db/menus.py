"""Which menus a platform has been given, by their hashes: each is set once."""

from sqlalchemy import bindparam, delete, select

from db.engine.tx import Reading, Tx
from db.schema import menus

_KNOWN = select(menus.c.scope, menus.c.hash).where(menus.c.platform == bindparam("on"))
_FORGET = delete(menus).where(
    menus.c.platform == bindparam("on"), menus.c.scope == bindparam("where")
)


def known(tx: Reading, platform: str) -> dict[str, str]:
    """Scope -> hash of what is shown there."""
    return {row.scope: row.hash for row in tx.run(_KNOWN, on=platform)}


def keep(tx: Tx, platform: str, scope: str, digest: str) -> None:
    """The platform shows this now."""
    tx.change(_FORGET, on=platform, where=scope)
    tx.add(menus, platform=platform, scope=scope, hash=digest)
