"""Numbers in a row (C17): kept and flagged for 招办 to ring up first, with no accusation. What is
many for one day shows when the desk looks (`db.leads.suspected`)."""

from collections.abc import Mapping

from commands.chat.requests import Asking
from db import leads as desk
from db.engine.tx import Tx
from db.schema import claims, facts

IN_A_ROW = 5


def flag(asking: Asking, tx: Tx, taken: Mapping[int, str]) -> bool:
    """Flag those of the leads just taken (number of the lead -> phone) whose phones stand in a
    row with others of the asker, and those others; whether there are any."""
    in_a_row: set[int] = set()
    for number, phone in taken.items():
        if phone and number not in in_a_row:
            in_a_row |= _row_around(asking, tx, number, int(phone))
    if in_a_row:
        desk.suspect(tx, sorted(in_a_row))
    return bool(in_a_row)


def _row_around(asking: Asking, tx: Tx, number: int, phone: int) -> set[int]:
    """The asker's leads whose phones follow on each other around this one; none when too few."""
    row = {number}
    for side in (1, -1):
        for far in range(1, IN_A_ROW):
            found = _held(asking, tx, str(phone + side * far))
            if found is None:
                break
            row.add(found)
    return row if len(row) >= IN_A_ROW else set()


def _held(asking: Asking, tx: Tx, phone: str) -> int | None:
    """The asker's standing lead with this phone."""
    claim = tx.find(claims, asking.plan.id, "phone", tx.vault.digest("phone", phone))
    fact = tx.find(facts, claim.fact) if claim is not None else None
    return fact.id if fact is not None and fact.person == asking.who.id else None
