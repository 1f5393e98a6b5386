"""Other ways of writing the same words: traditional characters, pinyin, initials, homophones.

The tables are made by `tables/make.py` and read on first use.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from scoring.values import frozen

_LATIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_SLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"))
SHORTEST = 2
"""Words of fewer syllables sound like too many others."""

FEW = 6
"""In a longer text words of two syllables are not heard in others."""


@cache
def _traditional() -> dict[int, str]:
    pairs = files("commands.ear.tables").joinpath("traditional.txt").read_text("utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs}


@cache
def _syllables() -> dict[str, str]:
    """Character -> its syllable."""
    rows = files("commands.ear.tables").joinpath("sounds.txt").read_text("utf-8").splitlines()
    cells = (row.split(" ") for row in rows)
    return {char: syllable for syllable, chars in cells for char in chars}


def simplified(copy: str) -> str:
    """The copy in simplified characters, as long as before."""
    return copy if copy.isascii() else copy.translate(_traditional())


def _slurred(syllable: str) -> str:
    """A syllable as many speakers of Hubei hear it: zh is z, ng is n, l is n."""
    for sharp, flat in _SLURRED:
        if syllable.startswith(sharp):
            syllable = flat + syllable[2:]
    if syllable.startswith("l"):
        syllable = "n" + syllable[1:]
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


@cache
def sound(char: str) -> str:
    """The slurred syllable of a character, "" for one without."""
    return _slurred(_syllables().get(char, ""))


@frozen
class Sounds:
    """What a text may be respelled to. `heard`: `words` by their slurred syllables; `pinyin`: all
    words, fillers too, as they are typed in Latin letters; `names`: the words that name a command;
    `initials`: theirs."""

    heard: dict[tuple[str, ...], str]
    pinyin: dict[str, str]
    words: frozenset[str]
    names: frozenset[str]
    initials: dict[str, str]
    longest: int

    @classmethod
    def of(cls, words: Iterable[str], fillers: Iterable[str], names: Sequence[str]) -> "Sounds":
        heard: dict[tuple[str, ...], str] = {}
        pinyin: dict[str, str] = {}
        for word in words:
            syllables = tuple(sound(char) for char in word)
            if all(syllables) and len(word) >= SHORTEST:
                heard.setdefault(syllables, word)
                pinyin.setdefault(_typed(word), word)
        for word in fillers:
            if all(char in _syllables() for char in word):
                pinyin.setdefault(_typed(word), word)
        initials: dict[str, list[str]] = {}
        for name in names:
            if all(char in _syllables() for char in name):
                initials.setdefault("".join(_syllables()[char][0] for char in name), []).append(
                    name
                )
        return cls(
            heard=heard,
            pinyin=pinyin,
            words=frozenset(heard.values()),
            names=frozenset(names),
            initials={key: found[0] for key, found in initials.items() if len(found) == 1},
            longest=max(map(len, pinyin), default=0),
        )


def _typed(word: str) -> str:
    return "".join(_syllables()[char] for char in word)


def from_latin(text: str, sounds: Sounds, known: frozenset[str]) -> str:
    """The text with pinyin and initials as characters; words in `known` stay."""

    def written(found: re.Match[str]) -> str:
        run = found[0]
        if run in known:
            return run
        joined = run.replace(" ", "")
        return (
            _spelled(joined, sounds)
            or sounds.initials.get(joined)
            or _nearly(joined, sounds)
            or run
        )

    return _LATIN.sub(written, text)


def _spelled(run: str, sounds: Sounds) -> str:
    """A run of pinyin as words, "" if anything is left over or it is nothing but fillers."""
    said, at = list[str](), 0
    while at < len(run):
        word = next(
            (
                sounds.pinyin[run[at:end]]
                for end in range(min(len(run), at + sounds.longest), at, -1)
                if run[at:end] in sounds.pinyin
            ),
            "",
        )
        if not word:
            return ""
        said.append(word)
        at += len(_typed(word))
    return "".join(said) if any(word in sounds.words for word in said) else ""


def _nearly(run: str, sounds: Sounds) -> str:
    """The only word, or only command, whose pinyin is one letter away."""
    from rapidfuzz.distance import OSA

    if len(run) < 5 or len(run) > sounds.longest:
        return ""
    near = {
        word
        for typed, word in sounds.pinyin.items()
        if OSA.distance(run, typed, score_cutoff=1) <= 1
    }
    best = near & sounds.names or near
    return best.pop() if len(best) == 1 else ""


def by_ear(copy: str, sounds: Sounds, taken: Iterable[tuple[int, int]]) -> str:
    """The copy, as long as before, with homophones of our words written as these; what is in a
    `taken` span stays."""
    kept = bytearray(len(copy))
    for start, end in taken:
        kept[start:end] = b"\x01" * (end - start)
    heard = [sound(char) for char in copy]
    longest = max(map(len, sounds.heard), default=0)
    shortest = SHORTEST if sum(map(bool, heard)) <= FEW else SHORTEST + 1
    chars, at = list(copy), 0
    while at < len(copy):
        step = 1
        for length in range(min(longest, len(copy) - at), shortest - 1, -1):
            word = sounds.heard.get(tuple(heard[at : at + length]))
            if word and not any(kept[at : at + length]):
                chars[at : at + length] = word
                step = length
                break
        at += step
    return "".join(chars)
