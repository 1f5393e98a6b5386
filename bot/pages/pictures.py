"""Pictures of reports on a page: for who may see them in the chat, each look noted."""

from collections.abc import Callable, Iterable

from bot.pages.door import NotShown
from bot.pages.visits import Visit, noting
from bot.wording import say
from commands.filing import pictured
from db import audit, ledger, pictures
from db.engine.tx import Reading, Tx
from scoring.moments import MINUTE

ONE_LOOK = 10 * MINUTE
"""A page that is opened again within it, or shows several pictures of a report, is one look."""


def of(visit: Visit, tx: Reading, entries: Iterable[ledger.Entry]) -> dict[int, list[int]]:
    """The pictures that the visitor may see of each of some reports, by its number."""
    places = {
        entry.number: pictured.numbers(tx, entry)
        for entry in entries
        if pictured.may_see(visit, entry)
    }
    found: dict[int, list[int]] = {}
    if not places:
        return {}
    for row in pictures.of(tx, {number for some in places.values() for number in some}):
        found.setdefault(int(row.fact), []).append(int(row.id))
    return {
        number: [row for place in some for row in found.get(place, ())]
        for number, some in places.items()
    }


def opened(visit: Visit, tx: Reading, row: str) -> tuple[bytes, Callable[[Tx], None] | None]:
    """The bytes of a picture, and the work that notes the look, if it is a new one. Raises
    NotShown."""
    number = int(row) if row.isascii() and row.isdigit() and len(row) < 16 else 0
    found = pictures.row(tx, number) if number else None
    entry = ledger.entry(tx, found.fact) if found else None
    if found is None or entry is None or not pictured.may_see(visit, entry):
        raise NotShown(say("pages.no_picture"), 404)
    data = pictures.read(tx, found.key)
    if data is None:
        raise NotShown(say("pages.no_picture"), 404)
    subject, since = f"#{entry.number}", visit.now - ONE_LOOK
    asked = {"action": "look", "subject": subject, "person": visit.who.id}
    if audit.done_since(tx, since, **asked):
        return data, None
    return data, noting(visit, "look", [subject])
