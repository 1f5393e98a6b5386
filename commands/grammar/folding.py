"""What is read of a text, and the copy it is matched on.

`clean` takes out what nobody can see: controls, zero-width characters, direction marks, halves
of surrogate pairs. `fold` gives a copy of the same length, NFKC and casefolded character by
character, so that every position in the copy is the same position in the text: what a reader
finds in the copy is cut out of the text verbatim. A character whose folded form is longer than
one (㎡, ß) stays itself. The Chinese ，：； stay as well: they separate, where , : ; may belong
to a number, a time or a link.
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
"""Most texts hold nothing that cleaning or folding would change; then the copy is the text."""


class _Folding(dict[int, str]):
    """Filled as characters are met, up to more than anybody's alphabet."""

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
    """A message as it is read: `text` cleaned, `copy` folded for matching; `quote`: the folded
    copy of what it quotes. Made once for a message, and carried with it."""

    text: str
    copy: str
    quote: str = ""


def spoken(text: str, quote: str = "") -> Spoken:
    """Clean and fold a message. Of what is longer than MAX_TEXT nothing is read."""
    text, copy = clean_and_fold(text) if len(text) <= MAX_TEXT else ("", "")
    return Spoken(text=text, copy=copy, quote=fold(clean(quote[:MAX_TEXT])) if quote else "")


def clean(text: str) -> str:
    """The text as it is stored: without what cannot be seen; line breaks become \\n."""
    if _UNSEEN.search(text) is None:
        return text
    return _UNSEEN.sub(lambda found: _BREAKS.get(found[0], ""), text.replace("\r\n", "\n"))


def fold(text: str) -> str:
    """The matching copy: as long as the text, full-width and case made alike."""
    return text if _UNEVEN.search(text) is None else text.translate(_FOLDING)


def clean_and_fold(text: str) -> tuple[str, str]:
    """Both, without white space around them."""
    if _UNEVEN.search(text) is None:
        text = text.strip()
        return text, text
    text = clean(text).strip()
    return text, text.translate(_FOLDING)


def tidy(text: str) -> str:
    """The text without what cannot be seen, its white space single and none at the ends."""
    return " ".join(clean(text).split())


def squeeze(text: str) -> str:
    """The text as words of a table are compared: half width, without any space."""
    return "".join(normalize("NFKC", tidy(text)).split())


MAX_TEXT = 4_000
"""Characters of one incoming text that are read at all; a longer one is answered, not parsed."""
