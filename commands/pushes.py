"""What a push that had to wait says when it goes: what has been decided, answered or taken back
meanwhile is not said any more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from commands.chat.messages import Outgoing
from commands.chat.requests import Asking
from commands.conversation import calls, proposals
from commands.conversation.gate import CARD, Revise
from commands.filing import pictured
from commands.leads import news
from db import ledger, plans
from db.engine.tx import Tx
from db.people import NOBODY, directory
from scoring.moments import Instant


def _card(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    if not ledger.stands(tx, int(rest[0])).waits:
        return None
    return _with_pictures(tx, message, int(rest[0]))


def _with_pictures(tx: Tx, message: Outgoing, number: int) -> Outgoing:
    """A card with {看图}, where the fact has pictures by now."""
    entry = ledger.entry(tx, number)
    row = pictured.unasked(tx, entry) if entry is not None else ()
    if not row or row in message.buttons:
        return message
    return replace(message, buttons=(*message.buttons, row))


def _proposal(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    found = proposals.proposal(tx, int(rest[0]), now)
    if found is None or found[0].state != "open":
        return None
    kind, _, number = found[0].answerer.partition(":")
    return _with_pictures(tx, message, int(number)) if kind == "second" else message


def _decided(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    decision = ledger.stands(tx, int(rest[0])).decision
    return message if decision is not None and decision.recorded_at == int(rest[1]) else None


def _leads(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    asking = Asking(
        plan=plans.kept(tx).nearest(now), people=directory(tx), who=NOBODY, at=now, now=now
    )
    return news.again(asking, tx, int(rest[0]), message)


REVISERS: Mapping[str, Revise] = {
    CARD: _card,
    calls.FAMILY: calls.again,
    "appeal": _card,
    "doubt": _card,
    "decided": _decided,
    "leads": _leads,
    "second": _proposal,
}
"""By the family of a notice's key."""
