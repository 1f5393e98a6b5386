"""What the calendar file that somebody was last sent holds, so that they are sent it again when a
date in it changes."""

import json

from sqlalchemy import bindparam, delete, select

from db.engine.tx import Reading, Tx
from db.schema import agendas
from scoring.moments import Instant
from scoring.values import frozen

_OF_PLAN = select(agendas).where(agendas.c.plan == bindparam("of")).order_by(agendas.c.person)
_FORGET = delete(agendas).where(agendas.c.person == bindparam("whose"))


@frozen
class Sent:
    """`dates`: until when and when it rings, by the key of `commands.duties.agenda`; `sequence`:
    the file's number among those of this person and plan."""

    person: int
    sequence: int
    dates: dict[str, tuple[Instant, Instant]]


def sent_to(tx: Reading, person: int, plan: str) -> Sent:
    """What a person was last sent of a plan's dates; an empty one before the first."""
    row = tx.find(agendas, person)
    if row is None:
        return Sent(person=person, sequence=-1, dates={})
    dates = _read(row.dates) if row.plan == plan else {}
    return Sent(person=person, sequence=row.sequence, dates=dates)


def all_sent(tx: Reading, plan: str) -> list[Sent]:
    """Everybody who has such a file of the plan."""
    return [
        Sent(person=row.person, sequence=row.sequence, dates=_read(row.dates))
        for row in tx.run(_OF_PLAN, of=plan)
    ]


def keep(tx: Tx, sent: Sent, plan: str, now: Instant) -> None:
    """Note what a person is sent now, in place of the file before."""
    tx.change(_FORGET, whose=sent.person)
    tx.add(
        agendas,
        person=sent.person,
        plan=plan,
        sequence=sent.sequence,
        dates=json.dumps(sent.dates),
        sent_at=now,
    )


def _read(dates: str) -> dict[str, tuple[Instant, Instant]]:
    return {key: (at, alarm) for key, (at, alarm) in json.loads(dates).items()}
