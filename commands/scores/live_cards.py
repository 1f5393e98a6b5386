"""Cards updated in place where they were asked for in a group: the scores of all units, and
interaction tasks. Each changes at most once a minute, where the platform can edit."""

from collections.abc import Mapping

from commands.chat.messages import Button, Capabilities, Chat, Outgoing
from commands.conversation.postbox import put
from commands.scores import score
from commands.tasks import issuing
from db import ledger, livecards
from db.engine.tx import Reading, Row, Tx
from scoring.moments import MINUTE, Instant
from scoring.plan import Plan

APART = MINUTE

Face = tuple[str, tuple[tuple[Button, ...], ...]]


def refresh(
    tx: Tx, now: Instant, plan: Plan | None, capabilities: Mapping[str, Capabilities]
) -> int:
    """Update every card whose text has changed; return how many."""
    count = 0
    for row in livecards.live(tx, now) if plan is not None else ():
        can = capabilities.get(row.platform)
        if can is None or not can.edit or now - row.turned_at < APART:
            continue
        face = _face(tx, plan, row, now)
        if face is not None and livecards.digest(face[0]) != row.shown:
            _turn(tx, row, face, now)
            count += 1
    return count


def _turn(tx: Tx, row: Row, face: Face, now: Instant) -> None:
    text, buttons = face
    livecards.turned(tx, row.key, text, now)
    edit = Outgoing(
        key=f"{row.key}:live:{now}",
        chat=Chat(platform=row.platform, id=row.chat, group=True),
        kind="edit",
        text=text,
        buttons=buttons,
        edits=row.message,
    )
    put(tx, edit, person=None, now=now)


def _face(tx: Reading, plan: Plan | None, row: Row, now: Instant) -> Face | None:
    """What the card should show now; None if that cannot be told."""
    if plan is None:
        return None
    kind, _, number = row.what.partition(":")
    if kind == livecards.SCORE:
        return score.everybody(tx, plan, now), ()
    entry = ledger.entry(tx, int(number))
    return issuing.live(tx, plan, entry, now) if entry is not None else None
