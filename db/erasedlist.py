"""The list of erasures as kept outside the database, beside its backups.

A backup is older than what was erased after it. So the list of erasures and of refused numbers is
kept sealed in a file that only grows, and a restore applies it (C7). It names nobody: numbers of
leads, times, and keyed hashes.
"""

from collections.abc import Iterable

import orjson
from sqlalchemy import select

from db.engine.tx import Reading, Tx
from db.engine.vault import Vault
from db.schema import do_not_contact, erasures
from scoring.values import frozen

CONTEXT = b"list of erasures"

_ERASED = select(erasures)
_REFUSED = select(do_not_contact)

Erased = tuple[int, int, int, int, int]
"""Lead, reported at, erased at, asked by, confirmed by."""

Refused = tuple[bytes, int, int]
"""Keyed hash of the number, since when, entered by."""


@frozen
class Listed:
    """What must not come back."""

    erased: frozenset[Erased] = frozenset()
    refused: frozenset[Refused] = frozenset()

    def __or__(self, other: "Listed") -> "Listed":
        return Listed(erased=self.erased | other.erased, refused=self.refused | other.refused)

    def __len__(self) -> int:
        return len(self.erased) + len(self.refused)


def listed(tx: Reading) -> Listed:
    """What this database has erased and refused."""
    return Listed(
        erased=frozenset(tuple(row) for row in tx.run(_ERASED)),
        refused=frozenset((bytes(row.hash), row.at, row.person) for row in tx.run(_REFUSED)),
    )


def packed(found: Listed, vault: Vault) -> bytes:
    """The list, sealed."""
    body = {
        "erased": sorted(found.erased),
        "refused": sorted((hashed.hex(), at, person) for hashed, at, person in found.refused),
    }
    return vault.seal(orjson.dumps(body), CONTEXT)


def unpacked(sealed: bytes, vault: Vault) -> Listed:
    """The list; raises Unsealable for a damaged one or another key."""
    body = orjson.loads(vault.open(sealed, CONTEXT))
    return Listed(
        erased=frozenset(tuple(row) for row in body["erased"]),
        refused=frozenset(
            (bytes.fromhex(hashed), at, person) for hashed, at, person in body["refused"]
        ),
    )


def missing(tx: Reading, known: Listed) -> list[Erased]:
    """The erasures that this database does not have, oldest first."""
    return sorted(
        (one for one in known.erased if tx.find(erasures, one[0], one[1]) is None),
        key=lambda one: (one[2], one[0]),
    )


def refuse_again(tx: Tx, refused: Iterable[Refused]) -> None:
    """Enter the refused numbers that this database does not have."""
    for hashed, at, person in sorted(refused):
        if tx.find(do_not_contact, hashed) is None:
            tx.add(do_not_contact, hash=hashed, at=at, person=person)
            tx.bump("do_not_contact")
