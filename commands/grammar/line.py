"""The line being read: readers cut out what they take, and the rest is the free text."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from commands.grammar.folding import MAX_TEXT
from commands.grammar.lexicon import Lexicon
from commands.grammar.slots import Slot
from scoring.moments import Instant


@dataclass(slots=True)
class Setting:
    """The context that gives words their meaning. `year`: the plan's; `at`: what 今天 means."""

    lexicon: Lexicon
    year: int
    at: Instant


class Rest:
    """A line from which readers cut what they take; the copy holds \\x00 in its place.

    `free`: there is a free text slot, so words between the arguments are allowed. `numbered`:
    numbers of things are looked for."""

    __slots__ = ("copy", "free", "lexicon", "numbered", "setting", "text", "values", "verbatim")

    def __init__(
        self, text: str, copy: str, setting: Setting, *, free: bool, numbered: bool = False
    ) -> None:
        self.text = text
        self.copy = copy
        self.setting = setting
        self.lexicon = setting.lexicon
        self.free = free
        self.numbered = numbered
        self.verbatim = text == copy
        self.values: dict[str, Any] = {}

    def take(self, start: int, end: int) -> str:
        """Cut out a span, and a label like 电话： before it; return the span verbatim."""
        copy = self.copy
        first = self._from_label(start) if start else start
        self.copy = copy[:first] + CUT[: end - first] + copy[end:]
        return self.text[start:end]

    def take_all(self, spans: Iterable[tuple[int, int]]) -> None:
        """`take` many spans, in order, at once: each alone would copy the whole line."""
        copy, done = self.copy, 0
        kept: list[str] = []
        for start, end in spans:
            first = max(done, self._from_label(start))
            kept += copy[done:first], CUT[: end - first]
            done = end
        if done:
            self.copy = "".join([*kept, copy[done:]])

    def _from_label(self, start: int) -> int:
        """Where the label before an argument begins; `start` if there is none."""
        copy = self.copy
        before = copy[start - 1 : start]
        if before == " " and start > 1:
            before = copy[start - 2]
        if before not in _LABEL_ENDS:
            return start
        label = _LABEL.search(copy, max(0, start - 10), start)
        return label.start() if label else start

    def tokens(self) -> Iterator[re.Match[str]]:
        """The words between separators."""
        return _TOKEN.finditer(self.copy)

    def remainder(self) -> str:
        """What was not taken, verbatim, without pieces that hold only separators."""
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
"""A cut of n characters is replaced by the first n of these."""

_TOKEN = re.compile(r"[^\s\x00,，、;；。]+")
_KEPT = re.compile(r"[^\x00]+")
_EDGES = " \n\u3000\u2005\xa0,，、;；"
_BEFORE = f"{_EDGES}：:。="
_BEHIND = f"{_EDGES}：:="
_NOTHING = f"{_EDGES}。.:：=()（）!！~～"

Reader = Callable[[Rest, Slot], Any]
"""Cuts its value out of the line and returns it, or None. Raises Unclear."""
