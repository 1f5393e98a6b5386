"""Erasing a person from what is stored, and the do-not-contact list.

This is the only place that changes rows which are otherwise append-only: reports and decisions
must stay for the score, but not who they were about. So the fact keeps its unit, reporter and
times, while its name, number, note, the hashes that would find the number again and the reasons
that may mention it are blanked. The list of erasures lets a restore do the same to an older copy.
"""

import json
from collections.abc import Callable, Iterable

from sqlalchemy import bindparam, delete, func, select, update

from db import leadtext, line, pictures
from db.claims import release
from db.engine.tx import Reading, Row, Tx
from db.months import WORDS
from db.outbox import BLANK, BURIED
from db.personal import columns
from db.schema import (
    blanked,
    decisions,
    dialogues,
    do_not_contact,
    erasures,
    facts,
    leads,
    metadata,
    outbox,
    proposals,
    suspects,
    waiting,
)
from scoring.moments import Instant
from scoring.plan import Plan

SOMEBODY = "某某"
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
_FACT = select(facts).where(facts.c.id == bindparam("number"))
_CASES = select(facts).where(facts.c.kind.in_(leadtext.CASES))
_SET_DETAILS = (
    update(facts).where(facts.c.id == bindparam("number")).values(details=bindparam("said"))
)
_SET_TEXTS = (
    update(facts)
    .where(facts.c.id == bindparam("number"))
    .values(title="", details=bindparam("said"))
)
_TEXTS = select(facts).where(facts.c.kind != leadtext.LEAD)
_REASONS = select(decisions).where(decisions.c.reason != "")
_REASONS_OF = select(decisions).where(decisions.c.fact == bindparam("number"))
_ERASED = select(erasures)
_BLANKED = select(blanked)
_OLD_LEADS = (
    select(facts)
    .join(leads, leads.c.fact == facts.c.id)
    .where(facts.c.plan == bindparam("plan"), leads.c.sealed != BLANK)
    .order_by(facts.c.id)
    .limit(bindparam("most"))
)
_OLD_COUNT = (
    select(func.count().label("total"))
    .join(facts, leads.c.fact == facts.c.id)
    .where(facts.c.plan == bindparam("plan"), leads.c.sealed != BLANK)
)
_ANY_DIALOGUE = select(dialogues.c.chat).where(dialogues.c.expires_at < bindparam("now")).limit(1)
_ANY_PROPOSAL = (
    select(proposals.c.id)
    .where(proposals.c.expires_at < bindparam("now"), proposals.c.sealed != BLANK)
    .limit(1)
)
_ENDED_DIALOGUES = delete(dialogues).where(dialogues.c.expires_at < bindparam("now"))
_ENDED_PROPOSALS = (
    update(proposals)
    .where(proposals.c.expires_at < bindparam("now"), proposals.c.sealed != BLANK)
    .values(state="expired", sealed=BLANK)
)
_LEAVE_QUEUE = delete(waiting).where(waiting.c.fact == bindparam("number"))
_REPLACED = tuple(
    update(column.table)
    .where(func.replace(column, bindparam("called"), bindparam("other")) != column)
    .values({column: func.replace(column, bindparam("called"), bindparam("other"))})
    for column in (metadata.tables[table].c[name] for table, name in columns("replaced"))
)
_UNSUSPECT = delete(suspects).where(suspects.c.fact == bindparam("number"))
_SAID = select(outbox).where(outbox.c.sealed != BLANK)
_UNSAY = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"))
    .values(state=BURIED, settled_at=bindparam("now"), failure="erased", sealed=BLANK)
)
_REWORD = update(outbox).where(outbox.c.id == bindparam("number")).values(sealed=bindparam("body"))
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
    """Blank the person of one lead and all that was written about it; it waits for nobody any
    more. A restore does this again."""
    fact = tx.find(facts, number)
    if fact is not None and fact.topic:
        release(tx, fact.plan, fact.topic, bytes(fact.claim), number)
        line.forget_claim(tx, fact.topic, bytes(fact.claim))
    for statement in (_BLANK_LEAD, _BLANK_CLAIM, _BLANK_REASONS, _UNSUSPECT, _LEAVE_QUEUE):
        tx.change(statement, number=number)
    pictures.forget(tx, number)
    for case in cases_about(tx, number):
        pictures.forget(tx, case)
        tx.change(_BLANK_REASONS, number=case)
        row = tx.run(_FACT, number=case)[0]
        details = {**json.loads(row.details), leadtext.KEY: ""}
        details.pop("reason", None)
        tx.change(_SET_DETAILS, number=case, said=_packed(details))
    tx.scrub()


def cases_about(tx: Reading, number: int) -> list[int]:
    """The appeals and doubts about a fact."""
    return [row.id for row in tx.run(_CASES) if json.loads(row.details).get("of") == number]


def replace_names(tx: Tx, names: Iterable[str]) -> None:
    """Put SOMEBODY for names in the small free texts that nobody is asked about."""
    for name in names:
        for statement in _REPLACED:
            tx.change(statement, called=name, other=SOMEBODY)
    for cache in ("settings", "calendar", "world"):
        tx.bump(cache)


# --- what else names somebody ---------------------------------------------------------------

PERSONAL = ("reason", "note")
"""The details in which people write freely."""


def naming(tx: Reading, says: Callable[[str], bool]) -> list[int]:
    """The facts, leads apart, whose title, details or reasons `says` is true of. Reads them all:
    this happens a few times a year."""
    found = {row.id for row in tx.run(_TEXTS) if says(f"{row.title}\n{row.details}")}
    kept = {row.id for row in tx.run(_TEXTS)}
    found |= {row.fact for row in tx.run(_REASONS) if row.fact in kept and says(row.reason)}
    return sorted(found)


def blank_texts(tx: Tx, number: int, *, now: Instant, person: int) -> None:
    """Blank what people wrote in a fact and in the decisions on it, keeping a keyed hash for the
    seals of reported months. Its link, unit, reporter and times stay, and so do its points."""
    row = tx.run(_FACT, number=number)[0]

    def remember(decision: int, words: str) -> None:
        if tx.find(blanked, number, decision, row.recorded_at) is None:
            tx.add(
                blanked,
                fact=number,
                decision=decision,
                reported_at=row.recorded_at,
                at=now,
                person=person,
                words=tx.vault.digest(WORDS, words),
            )

    remember(0, f"{row.title}\0{row.details}")
    for one in tx.run(_REASONS_OF, number=number):
        if one.reason:
            remember(one.id, one.reason)
    _blank_texts(tx, row)


def _blank_texts(tx: Tx, row: Row) -> None:
    details = json.loads(row.details) if row.details else {}
    kept = {key: "" if key in PERSONAL else value for key, value in details.items()}
    pictures.forget(tx, row.id)
    tx.change(_SET_TEXTS, number=row.id, said=_packed(kept) if kept else "")
    tx.change(_BLANK_REASONS, number=row.id)
    tx.scrub()


def _packed(details: dict[str, object]) -> str:
    return json.dumps(details, ensure_ascii=False, separators=(",", ":"))


def apply_again(tx: Tx) -> int:
    """Erase again what an older copy of the database still holds, by the two lists that outlast
    it; how many facts. A number given out again after a restore is told apart by its time."""
    count = 0
    for row in tx.run(_ERASED):
        found = tx.find(facts, row.fact)
        lead = tx.find(leads, row.fact)
        if found is not None and found.recorded_at == row.reported_at and lead and lead.sealed:
            blank(tx, row.fact)
            count += 1
    for row in tx.run(_BLANKED):
        found = tx.find(facts, row.fact)
        if row.decision == 0 and found is not None and found.recorded_at == row.reported_at:
            _blank_texts(tx, found)
            count += 1
    return count


# --- what has had its time ------------------------------------------------------------------


def sweep(tx: Tx, now: Instant) -> int:
    """Drop the dialogues and held pictures and blank the proposals that have ended; how many."""
    ended = pictures.drop(tx, pictures.over(tx, now))
    return ended + tx.change(_ENDED_DIALOGUES, now=now) + tx.change(_ENDED_PROPOSALS, now=now)


def has_ended(tx: Reading, now: Instant) -> bool:
    """Whether `sweep` would find something."""
    return bool(
        tx.run(_ANY_DIALOGUE, now=now) or tx.run(_ANY_PROPOSAL, now=now) or pictures.over(tx, now)
    )


def kept_leads(tx: Reading, plan: Plan) -> int:
    """How many leads of a plan still hold a person."""
    return int(tx.run(_OLD_COUNT, plan=plan.id)[0].total)


def retire(tx: Tx, plan: Plan, now: Instant, most: int) -> int:
    """Erase the next leads of a plan whose time is over, in nobody's name; how many. They leave
    the queue without a decision, so no points change."""
    rows = tx.run(_OLD_LEADS, plan=plan.id, most=most)
    for row in rows:
        erase(tx, row.id, reported_at=row.recorded_at, now=now, asked_by=0, confirmed_by=0)
    line.forget_plan(tx, plan.id)
    return len(rows)


def unsay(tx: Tx, now: Instant, says: Callable[[Row], bool]) -> int:
    """Bury every stored message for which `says` is true; how many there were."""
    found = [row for row in tx.run(_SAID) if says(row)]
    return sum(tx.change(_UNSAY, number=row.id, now=now) for row in found)


def reword(tx: Tx, number: int, sealed: bytes) -> None:
    """Replace what a stored message says."""
    tx.change(_REWORD, number=number, body=sealed)


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
