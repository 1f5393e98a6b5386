"""Free text about a lead: sealed with that lead, so that its erasure takes the text along.

The reasons of its decisions lie in `decisions.reason`, those of an appeal or doubt about it in the
details of that fact, both as base64 of what the vault sealed for this lead.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import orjson

from db.engine.tx import Reading, Tx
from db.engine.vault import Unsealable
from db.schema import leads

MARK = "sealed:"
KEY = "sealed"
"""Of a case about a lead, the detail that holds its reason; "" once the lead is erased."""

CASES = ("appeal", "doubt")
LEAD = "lead"


def identity_of(lead: int) -> bytes:
    """The context a sealed identity is bound to, so that it cannot be moved to another fact."""
    return f"lead {lead}".encode()


def keep(tx: Tx, lead: int, name: str, phone: str, note: str) -> None:
    """Store who a lead is, readable only with the key."""
    tx.add(
        leads,
        fact=lead,
        phone_hash=tx.vault.digest("phone", phone) if phone else b"",
        sealed=tx.vault.seal(orjson.dumps([name, phone, note]), identity_of(lead)),
    )


def is_erased(tx: Reading, lead: int) -> bool:
    """Whether the person of this lead has been erased; False of any other fact."""
    row = tx.find(leads, lead)
    return row is not None and not row.sealed


def _context(lead: int) -> bytes:
    return f"words about lead {lead}".encode()


def seal(tx: Reading, lead: int, text: str) -> str:
    """The text as stored."""
    return MARK + b64encode(tx.vault.seal(text.encode(), _context(lead))).decode()


def opened(tx: Reading, lead: int, stored: str) -> str:
    """The text of a stored one; what was stored openly is returned as it is."""
    if not stored.startswith(MARK):
        return stored
    try:
        return tx.vault.open(b64decode(stored[len(MARK) :]), _context(lead)).decode()
    except Unsealable:
        return ""


def sealed_details(tx: Reading, lead: int, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a case about a lead, its reason sealed."""
    kept = {key: value for key, value in details.items() if key != "reason"}
    return {**kept, KEY: seal(tx, lead, str(details.get("reason", "")))}


def opened_details(tx: Reading, details: Mapping[str, Any]) -> Mapping[str, Any]:
    """The details of a fact as reported."""
    if KEY not in details:
        return details
    kept = {key: value for key, value in details.items() if key != KEY}
    return {**kept, "reason": opened(tx, int(details["of"]), details[KEY])}
