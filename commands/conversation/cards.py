"""The newest cards of a 1:1 chat, so that their buttons can be typed as well as pressed.

They stand among the dialogues of that chat, under no account, and are forgotten as these are.
"""

import json
import re

from commands.chat.messages import Incoming
from commands.conversation import dialogue
from commands.conversation.packing import readable
from commands.grammar.folding import fold
from db.engine.tx import Reading, Row, Tx
from scoring.moments import Instant
from scoring.values import frozen

MOST = 5
"""Cards remembered of a chat."""

AGREES = "确认"
"""Said of more than cards, so it is the button of the newest card or none (C3, C23). Its label may
go on: 确认 6 条."""

_AROUND = re.compile(r"[\s{}\[\]【】「」『』“”\"'。.!,，;；~]+")


@frozen
class Card:
    """A message with its id on the platform, when it was shown, and (label, line) of each of its
    buttons."""

    message: str
    at: Instant
    buttons: tuple[tuple[str, str], ...]


def shown(tx: Tx, row: Row, message: str, now: Instant) -> None:
    """Note that a message of the outbox now stands in its chat, under this id of the platform; one
    that was changed has the buttons of now."""
    sent = readable(row, tx.vault)
    if sent is None or sent.chat.group or not (sent.buttons or sent.edits):
        return
    place = (row.platform, row.chat, "")
    others = [card for card in _cards(tx, place, now) if card.message not in (message, sent.edits)]
    buttons = tuple(
        (button.label, button.says)
        for line in sent.buttons
        for button in line
        if button.kind == "say"
    )
    if buttons:
        others.insert(0, Card(message=message, at=now, buttons=buttons))
    kept = [(card.message, card.at, card.buttons) for card in others[:MOST]]
    dialogue.put(tx, place, json.dumps(kept, ensure_ascii=False), now)


def typed(tx: Reading, incoming: Incoming, copy: str) -> str | None:
    """The line behind the button that a text names, of the newest card that has it; None if none
    of the last minutes has."""
    said = _bare(copy)
    if incoming.chat.group or not said:
        return None
    place = (incoming.chat.platform, incoming.chat.id, "")
    cards = _cards(tx, place, incoming.received_at)
    if said == AGREES:
        agreeing = [
            line
            for card in cards[:1]
            for label, line in card.buttons
            if _bare(fold(label)).startswith(AGREES)
        ]
        return agreeing[0] if len(agreeing) == 1 else None
    return next(
        (line for card in cards for label, line in card.buttons if _bare(fold(label)) == said),
        None,
    )


def _bare(copy: str) -> str:
    return _AROUND.sub("", copy)


def _cards(tx: Reading, place: dialogue.Place, now: Instant) -> list[Card]:
    """The newest first."""
    kept = dialogue.kept(tx, place, now) or "[]"
    return [
        Card(message=message, at=at, buttons=tuple((label, line) for label, line in buttons))
        for message, at, buttons in json.loads(kept)
        if now - at <= dialogue.PATIENCE
    ]
