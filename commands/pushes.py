"""What a push that had to wait says when it goes: what has been decided, answered or taken back
meanwhile is not said any more."""

from collections.abc import Mapping, Sequence

from commands.chat.messages import Outgoing
from commands.chat.requests import Asking
from commands.conversation import proposals
from commands.conversation.gate import CARD, Revise
from commands.leads import news
from db import ledger, plans
from db.engine.tx import Tx
from db.people import NOBODY, directory
from scoring.facts import State
from scoring.moments import Instant


def _card(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    waits = ledger.stands(tx, int(rest[0])).state is State.WAITING
    return message if waits else None


def _proposal(tx: Tx, message: Outgoing, rest: Sequence[str], now: Instant) -> Outgoing | None:
    found = proposals.proposal(tx, int(rest[0]), now)
    return message if found is not None and found[0].state == "open" else None


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
    "decided": _decided,
    "leads": _leads,
    "second": _proposal,
}
"""By the family of a notice's key."""
