"""Pictures of reports on a page: for who may see them in the chat, each look noted."""

from collections.abc import Callable

from bot.pages.door import NotShown
from bot.pages.visits import Visit, noting
from bot.wording import say
from commands.filing import pictured
from db import ledger, pictures
from db.engine.tx import Reading, Tx


def opened(visit: Visit, tx: Reading, row: str) -> tuple[bytes, Callable[[Tx], None]]:
    """The bytes of a picture and the work that notes the look. Raises NotShown."""
    number = int(row) if row.isascii() and row.isdigit() and len(row) < 16 else 0
    found = pictures.row(tx, number) if number else None
    entry = ledger.entry(tx, found.fact) if found else None
    if found is None or entry is None or not pictured.may_see(visit, entry):
        raise NotShown(say("pages.no_picture"), 404)
    data = pictures.read(tx, found.key)
    if data is None:
        raise NotShown(say("pages.no_picture"), 404)
    return data, noting(visit, "look", [f"#{entry.number}"])
