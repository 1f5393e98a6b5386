"""How long a fact has waited for its decision."""

from db.engine.tx import Reading
from db.schema import waiting
from scoring.moments import Instant


def since(tx: Reading, number: int) -> Instant | None:
    """Since when a fact waits; None if it does not."""
    row = tx.find(waiting, number)
    return None if row is None else int(row.since)
