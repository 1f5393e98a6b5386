"""Clean a text for storage, and fold it into the copy that readers match on.

`clean` removes what nobody can see: controls, zero-width characters, direction marks, halves of
surrogate pairs. `fold` returns a copy of the same length, NFKC and casefolded character by
character, so that positions in the copy are positions in the text: what a reader finds in the
copy is cut out of the text verbatim. A character whose folded form is longer than one (㎡, ß)
is left alone. So are the Chinese ，：；: they separate, while , : ; may belong to a number, a
time or a link.
"""

import re
from unicodedata import normalize

from scoring.values import frozen

_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAKS = dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n") | {"\t": " "}
_STAY = "，：；"
_UNEVEN = re.compile("[^\n -@\\[-~\u4e00-\u9fff，。、：；“”]")
"""Most texts hold nothing to clean or fold; their copy is the text itself."""


class _Folding(dict[int, str]):
    """Filled as characters are met, up to a bound larger than any alphabet in use."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = normalize("NFKC", char).casefold()
        if len(folded) != 1 or char in _STAY:
            folded = char
        if len(self) < 50_000:
            self[code] = folded
        return folded


_FOLDING = _Folding()


@frozen
class Spoken:
    """A message ready to be read: `text` cleaned, `copy` folded for matching, `quote` the folded
    copy of what it quotes. Made once per message and carried with it."""

    text: str
    copy: str
    quote: str = ""


def spoken(text: str, quote: str = "") -> Spoken:
    """Clean and fold a message; one longer than MAX_TEXT becomes empty."""
    text, copy = clean_and_fold(text) if len(text) <= MAX_TEXT else ("", "")
    return Spoken(text=text, copy=copy, quote=fold(clean(quote[:MAX_TEXT])) if quote else "")


def clean(text: str) -> str:
    """The text as it is stored: invisible characters removed, line breaks as \\n."""
    if _UNSEEN.search(text) is None:
        return text
    return _UNSEEN.sub(lambda found: _BREAKS.get(found[0], ""), text.replace("\r\n", "\n"))


def fold(text: str) -> str:
    """The copy to match on: as long as the text, without differences of width and case."""
    return text if _UNEVEN.search(text) is None else text.translate(_FOLDING)


def clean_and_fold(text: str) -> tuple[str, str]:
    """The cleaned text and its folded copy, both stripped."""
    if _UNEVEN.search(text) is None:
        text = text.strip()
        return text, text
    text = clean(text).strip()
    return text, text.translate(_FOLDING)


def tidy(text: str) -> str:
    """The cleaned text, stripped, with single spaces."""
    return " ".join(clean(text).split())


def squeeze(text: str) -> str:
    """The form in which words of a table are compared: half width, no spaces."""
    return "".join(normalize("NFKC", tidy(text)).split())


MAX_TEXT = 4_000
"""Longest incoming text that is parsed; a longer one is only answered."""
