"""What waits for a person's decision, without what another reviewer is looking through."""

from collections.abc import Iterable

from commands.chat.requests import Asking
from commands.filing.backlog import handed_on
from commands.filing.deciders import decidable, decided_kinds
from db import leases, ledger
from db.engine.tx import Reading, Row


def waiting(asking: Asking, tx: Reading) -> list[Row]:
    """The rows of the queue that this person may decide on, oldest first; without those that
    another reviewer is looking through."""
    plan, who = asking.plan, asking.who
    rows = ledger.queue(tx, decided_kinds(plan, who))
    mine = decidable(
        plan, asking.people, who, rows, handed=lambda row: handed_on(tx, row.since, asking.now)
    )
    return free(asking, tx, mine)


PREFIX = "review:"


def free(asking: Asking, tx: Reading, rows: Iterable[Row]) -> list[Row]:
    """Those of the waiting rows that nobody else has taken for now."""
    taken = leases.of_others(tx, PREFIX, str(asking.who.id), asking.now)
    return [row for row in rows if f"{PREFIX}{row.fact}" not in taken]
