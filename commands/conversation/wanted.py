"""Of what the next picture in a 1:1 chat is: the fact for which we asked for one.

It stands among the dialogues of that chat, under a name of its own, and is forgotten as these are.
"""

from commands.chat.messages import Incoming
from commands.conversation import dialogue
from db.engine.tx import Reading, Tx


def ask(tx: Tx, incoming: Incoming, number: int) -> None:
    """Note that a picture of this fact was asked for."""
    if not incoming.chat.group:
        dialogue.put(tx, _place(incoming), str(number), incoming.received_at)


def number(tx: Reading, incoming: Incoming) -> int | None:
    """The fact of which a picture was asked for in the last minutes."""
    said = dialogue.kept(tx, _place(incoming), incoming.received_at)
    return int(said) if said else None


def _place(incoming: Incoming) -> dialogue.Place:
    platform, chat, account = dialogue.key(incoming)
    return platform, chat, f"picture of {account}"
