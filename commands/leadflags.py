"""What 招办 rings up first (C17): numbers in a row, and more than twenty leads of one person on one
day. Kept and flagged, with no accusation."""

from collections.abc import Iterable, Mapping

from commands.chat import Request
from db import leads as desk
from db.tx import Tx
from scoring.moments import day_of

MANY_A_DAY = 20
IN_A_ROW = 5


def flag(request: Request, tx: Tx, taken: Mapping[int, str]) -> bool:
    """Flag what the asker has just reported (number of the lead -> phone) where it is to be rung
    up first, and what goes with it; whether any of it is in a row."""
    today = day_of(request.at)
    most = MANY_A_DAY + len(taken)
    rows = desk.latest(tx, request.plan, request.who.id, most)
    of_today = {int(row.id) for row in rows if day_of(row.happened_at) == today}
    marked = of_today if len(of_today) > MANY_A_DAY else set()
    in_a_row: set[int] = set()
    for number, phone in taken.items():
        if phone and number not in in_a_row:
            in_a_row |= _row_around(request, tx, number, int(phone))
    desk.suspect(tx, sorted(marked | in_a_row))
    return bool(in_a_row)


def _row_around(request: Request, tx: Tx, number: int, phone: int) -> set[int]:
    """The leads whose numbers follow on each other around this one; none when too few."""
    reach = range(1, IN_A_ROW)
    steps = [step for far in reach for step in (far, -far)]
    hashes = {step: tx.vault.digest("phone", str(phone + step)) for step in steps}
    known = desk.numbered(tx, request.plan, request.who.id, list(hashes.values()))
    row = {number}
    for side in (1, -1):
        for far in reach:
            found = known.get(hashes[side * far])
            if found is None:
                break
            row.add(found)
    return row if len(row) >= IN_A_ROW else set()


def spans(numbers: Iterable[int]) -> str:
    """#9 #13 #16–#19, as ranges that can be typed again."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"#{a}" if a == b else f"#{a}–#{b}" for a, b in runs)
