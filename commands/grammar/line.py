"""A line under reading: what readers take is cut out of it, what remains is the free text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from commands.grammar.folding import MAX_TEXT
from commands.grammar.lexicon import Lexicon
from commands.grammar.slots import Slot
from scoring.moments import Instant


@dataclass(slots=True)
class Setting:
    """What words mean where a line is said. `year`: the plan's; `at`: the day that 今天 is."""

    lexicon: Lexicon
    year: int
    at: Instant


class Rest:
    """A line of which readers cut out what they take; the copy shows \\x00 in its place.

    `free`: there is a free text slot, so that words between the arguments are fine."""

    __slots__ = ("copy", "free", "lexicon", "setting", "text", "values", "verbatim")

    def __init__(self, text: str, copy: str, setting: Setting, free: bool) -> None:
        self.text = text
        self.copy = copy
        self.setting = setting
        self.lexicon = setting.lexicon
        self.free = free
        self.verbatim = text == copy
        self.values: dict[str, Any] = {}

    def take(self, start: int, end: int) -> str:
        """Cut a span out, with a label like 电话： before it; returns it verbatim."""
        copy = self.copy
        first = start
        if start:
            before = copy[start - 1]
            if before == " " and start > 1:
                before = copy[start - 2]
            if before in _LABEL_ENDS:
                label = _LABEL.search(copy, max(0, start - 10), start)
                first = label.start() if label else start
        self.copy = copy[:first] + CUT[: end - first] + copy[end:]
        return self.text[start:end]

    def tokens(self) -> Iterator[re.Match[str]]:
        """What stands between separators."""
        return _TOKEN.finditer(self.copy)

    def remainder(self) -> str:
        """What was not taken, verbatim; pieces that only separate are dropped."""
        return " ".join(
            [
                piece.lstrip(_BEFORE).rstrip(_BEHIND)
                for piece in self.pieces()
                if piece.strip(_NOTHING) and not piece.isspace()
            ]
        )

    def pieces(self) -> list[str]:
        """The text between the cuts."""
        text = self.text
        if "\x00" not in self.copy:
            return [text]
        if self.verbatim:
            return _KEPT.findall(self.copy)
        return [text[kept.start() : kept.end()] for kept in _KEPT.finditer(self.copy)]


_LABEL = re.compile(
    r"(?:(?:联系)?电话|手机号?码?|联系方式|意向|想[学读报]|报考"
    r"|(?<![\u4e00-\u9fff])(?:年级|学历|专业|部门|系部|层次))[:： ]*$"
)
_LABEL_ENDS = frozenset("话机号码式级历业门部向次学读报考:：")
CUT = "\x00" * (2 * MAX_TEXT)
"""What is cut out shows as a piece of this."""

_TOKEN = re.compile(r"[^\s\x00,，、;；。]+")
_KEPT = re.compile(r"[^\x00]+")
_EDGES = " \n\u3000\u2005\xa0,，、;；"
_BEFORE = f"{_EDGES}：:。="
_BEHIND = f"{_EDGES}：:="
_NOTHING = f"{_EDGES}。.:：=()（）!！~～"

Reader = Callable[[Rest, Slot], Any]
"""Takes its value out of the line, or returns None; raises Unclear."""
