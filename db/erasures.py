"""Erasing a person from what is stored, and the do-not-contact list.

This is the only place that changes rows which are otherwise append-only: reports and decisions
must stay for the score, but not who they were about. So the fact keeps its unit, reporter and
times, while its name, number, note, the hashes that would find the number again and the reasons
that may mention it are blanked. The list of erasures lets a restore do the same to an older copy.
"""

from collections.abc import Callable

from sqlalchemy import bindparam, delete, select, update

from db.claims import release
from db.engine.tx import Reading, Row, Tx
from db.outbox import BLANK, BURIED
from db.schema import (
    decisions,
    dialogues,
    do_not_contact,
    erasures,
    facts,
    leads,
    outbox,
    proposals,
    suspects,
)
from scoring.moments import Instant

NUMBER = "phone"
"""The topic of a number's keyed hash, also used for its claim."""

_OF_NUMBER = select(leads.c.fact).where(leads.c.phone_hash == bindparam("hashed"))
_REPLACED_BY = select(facts.c.id).where(
    facts.c.person == bindparam("person"), facts.c.supersedes == bindparam("number")
)
_BLANK_LEAD = (
    update(leads).where(leads.c.fact == bindparam("number")).values(sealed=BLANK, phone_hash=BLANK)
)
_BLANK_CLAIM = (
    update(facts).where(facts.c.id == bindparam("number")).values(topic="", claim=BLANK, details="")
)
_BLANK_REASONS = update(decisions).where(decisions.c.fact == bindparam("number")).values(reason="")
_UNSUSPECT = delete(suspects).where(suspects.c.fact == bindparam("number"))
_SAID = select(outbox).where(outbox.c.sealed != BLANK)
_UNSAY = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"))
    .values(state=BURIED, settled_at=bindparam("now"), failure="erased", sealed=BLANK)
)
_UNWANTED = select(do_not_contact.c.hash)
_DRAFTS = select(dialogues)
_FORGET_DRAFT = delete(dialogues).where(
    dialogues.c.platform == bindparam("platform_name"),
    dialogues.c.chat == bindparam("chat_id"),
    dialogues.c.account == bindparam("account_id"),
)
_PROPOSED = select(proposals).where(proposals.c.sealed != BLANK)
_UNPROPOSE = (
    update(proposals)
    .where(proposals.c.id == bindparam("number"))
    .values(state="erased", sealed=BLANK)
)


def of_number(tx: Reading, phone: str) -> list[int]:
    """The leads reported with a number, of all years. Reads every lead: this happens a few times
    a year, and an index on the hash would cost a page for every lead."""
    return [int(row.fact) for row in tx.run(_OF_NUMBER, hashed=tx.vault.digest(NUMBER, phone))]


def corrections(tx: Reading, person: int, number: int) -> list[int]:
    """The leads with which a person replaced this one."""
    return [int(row.id) for row in tx.run(_REPLACED_BY, person=person, number=number)]


def erase(
    tx: Tx, number: int, *, reported_at: Instant, now: Instant, asked_by: int, confirmed_by: int
) -> None:
    """Blank the person a lead is about, and record the erasure."""
    if tx.find(erasures, number, reported_at) is None:
        tx.add(
            erasures,
            fact=number,
            reported_at=reported_at,
            erased_at=now,
            asked_by=asked_by,
            confirmed_by=confirmed_by,
        )
    blank(tx, number)


def blank(tx: Tx, number: int) -> None:
    """Blank the person of one lead; a restore does this again."""
    fact = tx.find(facts, number)
    if fact is not None and fact.topic:
        release(tx, fact.plan, fact.topic, bytes(fact.claim), number)
    for statement in (_BLANK_LEAD, _BLANK_CLAIM, _BLANK_REASONS, _UNSUSPECT):
        tx.change(statement, number=number)


def unsay(tx: Tx, now: Instant, says: Callable[[Row], bool]) -> int:
    """Bury every stored message for which `says` is true; how many there were."""
    found = [row for row in tx.run(_SAID) if says(row)]
    return sum(tx.change(_UNSAY, number=row.id, now=now) for row in found)


def forget_drafts(tx: Tx, says: Callable[[bytes], bool]) -> None:
    """Drop the guided reports for which `says` is true, given their sealed line."""
    for row in [row for row in tx.run(_DRAFTS) if says(bytes(row.sealed))]:
        tx.change(
            _FORGET_DRAFT, platform_name=row.platform, chat_id=row.chat, account_id=row.account
        )


def forget_proposals(tx: Tx, says: Callable[[bytes], bool]) -> None:
    """Drop the proposals waiting for {确认} for which `says` is true of their sealed content."""
    for row in [row for row in tx.run(_PROPOSED) if says(bytes(row.sealed))]:
        tx.change(_UNPROPOSE, number=row.id)


def refuse(tx: Tx, phone: str, now: Instant, person: int) -> None:
    """Put a number on the do-not-contact list."""
    hashed = tx.vault.digest(NUMBER, phone)
    if tx.find(do_not_contact, hashed) is None:
        tx.add(do_not_contact, hash=hashed, at=now, person=person)
        tx.bump("do_not_contact")


def refuses(tx: Reading, phone: str) -> bool:
    """Whether a number is on the do-not-contact list, which is short and cached."""
    return tx.vault.digest(NUMBER, phone) in tx.cached("do_not_contact", _unwanted)


def _unwanted(tx: Reading) -> frozenset[bytes]:
    return frozenset(bytes(row.hash) for row in tx.run(_UNWANTED))
