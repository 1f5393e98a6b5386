"""Tell reporters what became of their leads: one merged message, at most one per person and day,
held back until the decisions can no longer be taken back (C5, C11)."""

from collections.abc import Iterable
from dataclasses import replace

from commands.chat.messages import Notice, Outgoing
from commands.chat.requests import Asking
from commands.duties import obligations
from commands.wording.sentences import say
from db import leads as desk
from db import ledger, outbox
from db.engine.tx import Row, Tx
from db.schema import outbox as outbox_table
from scoring.facts import State
from scoring.moments import DAY, HOUR, MINUTE, Instant, day_of, start_of

HELD_BACK = 10 * MINUTE
MORNING = 8 * HOUR
NAMED = 10
FEW = 3


def about(asking: Asking, tx: Tx, people: Iterable[int]) -> tuple[Notice, ...]:
    """A message to each reporter with all that was decided since their last one; it replaces one
    not sent yet."""
    found = (_news(asking, tx, person) for person in sorted(set(people)))
    return tuple(notice for notice in found if notice is not None)


def _news(asking: Asking, tx: Tx, person: int) -> Notice | None:
    now = asking.now
    days = [now - DAY, now, now + DAY]
    rows = {at: tx.find_by(outbox_table, key=_key(person, at)) for at in days}
    waits = [at for at in days if _waits(rows[at])]
    gone = [row for row in rows.values() if row is not None and not _waits(row)]
    since = max((int(row.settled_at or 0) for row in gone), default=0)
    at = waits[0] if waits else next(at for at in days[1:] if rows[at] is None)
    for waiting in waits:
        outbox.withdraw(tx, _key(person, waiting))
    text = _text(asking, tx, person, max(since, now - 2 * DAY))
    if not text or person == asking.who.id:
        return None
    due_at = start_of(day_of(at)) + MORNING if at > now else now + HELD_BACK
    return Notice(text=text, person=person, key=_key(person, at), due_at=due_at)


def again(asking: Asking, tx: Tx, person: int, message: Outgoing) -> Outgoing | None:
    """The message as it reads now; None if all of it was taken back."""
    days = [asking.now - DAY, asking.now, asking.now + DAY]
    rows = (tx.find_by(outbox_table, key=_key(person, at)) for at in days)
    gone = [row for row in rows if row is not None and not _waits(row)]
    since = max((int(row.settled_at or 0) for row in gone), default=0)
    text = _text(asking, tx, person, max(since, asking.now - 2 * DAY))
    return replace(message, text=text) if text else None


def _key(person: int, at: Instant) -> str:
    return f"leads:{person}:{day_of(at).isoformat()}"


def _waits(row: Row | None) -> bool:
    return row is not None and row.state == outbox.WAITING


def _text(asking: Asking, tx: Tx, person: int, since: Instant) -> str:
    certified: list[str] = []
    invalid: list[str] = []
    for number in desk.decided(tx, asking.plan, person, since):
        stands = ledger.stands(tx, number)
        reason = stands.decision.reason if stands.decision else ""
        if stands.state is State.ACCEPTED:
            certified.append(f"#{number}")
        elif stands.state is State.REJECTED and not stands.again:
            invalid.append(f"#{number} {reason}".strip())
    if not certified and not invalid:
        return ""
    said = [
        say(f"desk.news_{word}", total=len(numbers), numbers=_named(numbers))
        for word, numbers in (("certified", certified), ("invalid", invalid))
        if numbers
    ]
    counts: dict[str, object] = dict(obligations.lead_counts(tx, asking.plan, person))
    left = [f"#{number}" for number in desk.waiting(tx, asking.plan, person)]
    named = "、".join(left) if len(left) <= FEW else say("desk.news_many", total=len(left))
    counts["waiting"] = say("desk.news_waiting", named=named) if left else ""
    return say("desk.news", said="，".join(said), **counts)


def _named(numbers: list[str]) -> str:
    more = "…" if len(numbers) > NAMED else ""
    return "、".join(numbers[:NAMED]) + more
