"""How what Telegram has no field for is marked in the data of a button and in an id."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.adapters.ticks import gathered, is_on, turned
from commands.chat.messages import Button, ButtonKind

ASIDE = "~"
"""In front of the id of a message that one member alone sees."""

_MARKS: Mapping[ButtonKind, str] = {"say": "", "tick": "+", "gather": "="}
"""In front of a button's data; no command line begins with one of these."""

Key = dict[str, Any]


def data_of(button: Button) -> str:
    """The data of a button, by which a press on it is understood."""
    return _MARKS[button.kind] + button.says


def ticks(data: str) -> bool:
    """Whether a press with this data ticks or unticks an option."""
    return data.startswith(_MARKS["tick"])


def said(data: str, markup: object) -> str:
    """The line that a press sends, by the keyboard that it was made on."""
    if not data.startswith(_MARKS["gather"]):
        return data
    on = (str(key["callback_data"])[1:] for key in _options(markup) if is_on(str(key["text"])))
    return gathered(data[1:], on)


def after(data: str, markup: object) -> dict[str, Any]:
    """The keyboard once the option with this data was pressed."""
    return {"inline_keyboard": [[_pressed(key, data) for key in row] for row in _rows(markup)]}


def _pressed(key: Key, data: str) -> Key:
    if key.get("callback_data") != data:
        return key
    return {**key, "text": turned(str(key["text"]))}


def _options(markup: object) -> Iterator[Key]:
    for row in _rows(markup):
        yield from (key for key in row if ticks(str(key.get("callback_data", ""))))


def _rows(markup: object) -> Iterator[list[Key]]:
    """The rows of buttons of a keyboard; what is none, as in a forged press, has none."""
    match markup:
        case {"inline_keyboard": [*rows]}:
            for row in rows:
                match row:
                    case [*keys]:
                        yield [key for key in keys if isinstance(key, dict) and "text" in key]
