"""A link or a number that somebody else reported first: the later report is kept in line, and can
take its turn, with its own time, once the first is gone (A34)."""

from collections.abc import Mapping
from typing import Any

from commands.chat.requests import Request
from commands.filing.record import masked, record
from commands.grammar.phones import without_phones
from commands.wording.formats import day
from commands.wording.sentences import say
from db import ledger, line, settings
from db.engine.tx import Reading, Row, Tx


def in_turn(
    request: Request,
    tx: Tx,
    kind: str,
    *,
    claim: tuple[str, str] | None,
    title: str = "",
    link: str = "",
    details: Mapping[str, Any] | None = None,
    identity: tuple[str, str, str] | None = None,
) -> ledger.Entry | int:
    """Record a report, or keep it behind the fact that holds its claim: then that one's number.
    Whoever stood in line for it already has the time at which he did. `identity`: of a lead, as
    stored.

    Raises ledger.Held where the asker has reported it already: himself a lead, his unit a link.
    """
    said: dict[str, Any] = {"title": title, "link": link, "details": details}
    mine = [one for one in _places(request, tx, claim) if _is_own(request, kind, one)]
    before = tx.mark()
    try:
        since = mine[0].happened_at if mine else None
        entry = record(request, tx, kind, claim=claim, happened_at=since, **said)
        if mine:
            line.take_turn(tx, mine[0], entry.number, None)
        return entry
    except ledger.Held as held:
        tx.undo(before)
        holder = ledger.entry(tx, held.number)
        if claim is None or ledger.claimed(tx, request.plan, *claim) != held.number:
            raise
        if mine or holder is None or _is_own(request, kind, holder.fact):
            raise
        own = settings.public_numbers(tx)
        by = {"by": request.who.id} if request.lent else {}
        line.join(
            tx,
            request.plan.id,
            claim,
            {
                "kind": kind,
                "unit": request.who.unit,
                "person": request.who.id,
                "happened_at": request.at,
                "title": without_phones(title, own),
                "link": link,
                "details": masked({**(details or {}), **by}, own),
                "chat": request.chat.id,
                **({"identity": identity} if identity else {}),
            },
        )
        return held.number


def take(request: Request, tx: Tx, place: Row) -> ledger.Entry:
    """The report that was kept in a place, as a fact. Raises ledger.Held while somebody earlier
    has it."""
    said, identity = line.report_of(tx, place)
    claim = place.topic, bytes(place.hash)
    holder = ledger.entry(tx, ledger.claimed(tx, request.plan, *said["claim"]) or 0)
    if holder is not None and holder.fact.happened_at > place.happened_at:
        line.add_holder(tx, request.plan.id, claim, holder.fact)  # it came in between
    entry = ledger.report(tx, request.plan, recorded_at=request.now, **said)
    line.take_turn(tx, place, entry.number, identity)
    return entry


def _places(request: Request, tx: Reading, claim: tuple[str, str] | None) -> list[Row]:
    """The places for a claim that have had no turn."""
    if claim is None:
        return []
    topic, value = claim
    return line.untaken(tx, request.plan.id, topic, tx.vault.digest(topic, value))


def _is_own(request: Request, kind: str, reported: Any) -> bool:
    if kind == "lead":
        return bool(reported.person == request.who.id)
    return bool(reported.unit == request.who.unit)


def stands_behind(tx: Reading, place: int, ahead: int) -> str:
    """What the reporter of a link is told of his place in line."""
    first = ledger.entry(tx, ahead)
    when = day(first.fact.happened_at) if first else ""
    return say("report.in_line", place=place, ahead=ahead, when=when)
