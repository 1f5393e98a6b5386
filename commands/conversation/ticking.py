"""A card with options of which several can be ticked and sent with one button."""

from collections.abc import Sequence

from commands.chat.messages import Button, Reply
from commands.chat.requests import Request
from commands.wording.sentences import lines

_A_ROW = 2


def card(
    request: Request,
    text: str,
    options: Sequence[tuple[str, str]],
    label: str,
    command: str,
    *,
    typed: str,
) -> Reply:
    """Options, each as its label and the word it adds to the command that `label` sends. `typed`:
    what to write instead on a platform without boxes."""
    if not request.can.ticks:
        return Reply(text=lines(text, typed))
    ticks = [Button(label=named, says=word, kind="tick") for named, word in options]
    rows = [tuple(ticks[at : at + _A_ROW]) for at in range(0, len(ticks), _A_ROW)]
    return Reply(text=text, buttons=(*rows, (Button(label=label, says=command, kind="gather"),)))
