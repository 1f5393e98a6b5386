"""Buttons that copy a text, for platforms that have such; the text stands in the message too."""

from commands.chat.messages import Button


def button(label: str, text: str) -> tuple[Button, ...]:
    """The button that copies a text; none for a text that no platform copies."""
    copies = Button(label=label, says=text, kind="copy")
    return (copies,) if copies.fits else ()
