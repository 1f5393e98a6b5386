"""A lead's identity: sealed in the database, masked for all but the desk (C7, C8)."""

import orjson

from commands.grammar.phones import without_phones
from commands.wording.formats import cut, masked, short
from commands.wording.sentences import say
from db import leadtext, ledger
from db.engine.tx import Reading, Tx
from db.schema import leads
from scoring.plan import Plan

MAX_NAME = 20
MAX_NOTE = 200


def seal(tx: Tx, number: int, name: str, phone: str, note: str) -> None:
    """Store who the lead is, readable only with the key. Name and note hold no mobile number."""
    leadtext.keep(tx, number, *storable(name, phone, note))


def storable(name: str, phone: str, note: str) -> tuple[str, str, str]:
    """Who a lead is as it is stored: neither name nor note holds a mobile number."""
    return without_phones(name), phone, without_phones(note)


def opened(tx: Reading, number: int) -> tuple[str, str, str]:
    """Name, phone and note of a lead in full. The caller that shows the phone must audit it."""
    row = tx.find(leads, number)
    if row is None or not row.sealed:
        return "", "", ""
    name, phone, note = orjson.loads(tx.vault.open(bytes(row.sealed), leadtext.identity_of(number)))
    return name, phone, note


def described(tx: Reading, plan: Plan, entry: ledger.Entry, *, full: bool) -> str:
    """A lead on one line, its phone in full or masked."""
    if leadtext.is_erased(tx, entry.number):
        return say("lead.erased")
    name, phone, note = opened(tx, entry.number)
    who = f"{name} {phone}".strip() if full else masked_name(name, phone)
    return f"{with_wishes(who, entry, plan)} {cut(note)}".strip()


def cut_to_size(name: str, note: str) -> tuple[str, str]:
    """A name and a note as long as they are kept."""
    return name[:MAX_NAME], note[:MAX_NOTE]


def masked_name(name: str, phone: str) -> str:
    return say("lead.masked", name=name, phone=masked(phone)) if phone else name


def with_wishes(who: str, entry: ledger.Entry, plan: Plan) -> str:
    details = entry.fact.details
    wished = details.get("wished")
    parts = (
        details.get("level"),
        short(plan, wished) if wished else details.get("major"),
        details.get("track"),
    )
    said = " · ".join(part for part in parts if part)
    return f"{who} {said}".strip()
