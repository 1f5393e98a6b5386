"""Options that are ticked on a card whose platform has only buttons: what is ticked stands in
their labels, so it outlives a restart and needs no memory."""

from collections.abc import Iterable
from dataclasses import replace

from commands.chat.messages import Button

OFF, ON = "□ ", "■ "


def shown(button: Button) -> Button:
    """The button as it is shown first: an option with an empty box."""
    return replace(button, label=OFF + button.label) if button.kind == "tick" else button


def turned(label: str) -> str:
    """The label of an option after a press on it."""
    return (OFF if is_on(label) else ON) + label.removeprefix(ON).removeprefix(OFF)


def is_on(label: str) -> bool:
    """Whether the option with this label is ticked."""
    return label.startswith(ON)


def gathered(says: str, ticked: Iterable[str]) -> str:
    """The line that a button sends for the options that are ticked."""
    return " ".join((says, *ticked))
