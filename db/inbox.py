"""What has come in from each platform."""

from sqlalchemy import bindparam, func, select

from db.engine.tx import Reading
from db.schema import inbox
from scoring.moments import Instant

_SO_FAR = select(func.count().label("events"), func.max(inbox.c.received_at).label("last")).where(
    inbox.c.platform == bindparam("platform")
)


def so_far(tx: Reading, platform: str) -> tuple[int, Instant | None]:
    """How many events of a platform are kept, and when the last one came (None: none yet)."""
    row = tx.run(_SO_FAR, platform=platform)[0]
    return int(row.events), None if row.last is None else int(row.last)
