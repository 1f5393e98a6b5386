"""What messages said last, to recognise an edit that changes nothing.

Telegram reports an edit for a preview, a pin or a reaction too. Only hashes are kept, in memory.
"""

from commands.chat.messages import Incoming

KEPT = 5_000
"""Messages remembered, the newest."""


class Texts:
    """Hashes of what the newest messages say."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], int] = {}

    def same(self, incoming: Incoming) -> bool:
        """Whether this is an edit after which the message says what it said before."""
        return incoming.edited and self._said.get(_key(incoming)) == hash(incoming.text)

    def keep(self, incoming: Incoming) -> None:
        """Remember what a message says; called once its effects are committed, so that an edit
        that comes again after a fault is not taken for the same."""
        if not incoming.message or incoming.press is not None:
            return
        self._said.pop(_key(incoming), None)
        self._said[_key(incoming)] = hash(incoming.text)
        if len(self._said) > KEPT:
            del self._said[next(iter(self._said))]


def _key(incoming: Incoming) -> tuple[str, str]:
    return incoming.chat.id, incoming.message
