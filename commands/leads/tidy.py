"""A lead among other words: its name without politeness, and several of them as lines. Pure."""

import re
from collections.abc import Iterator

from commands.chat.requests import Asking
from commands.ear.wishes import words_in
from commands.grammar.arguments import read_folded
from commands.grammar.folding import fold
from commands.grammar.lexicon import Lexicon
from commands.grammar.line import Setting
from commands.grammar.phones import find_phone
from commands.grammar.slots import Slot

SLOTS = (
    Slot(name="phone", kind="phone", also="ask.lead_phone"),
    Slot(name="level", kind="level"),
    Slot(name="track", kind="track"),
    Slot(name="wished", kind="unit"),
    Slot(
        name="who",
        kind="text",
        required=True,
        ask="ask.lead_who",
        unless="phone",
        also="ask.lead_name",
    ),
)
"""What a lead is made of."""

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_NAME = re.compile(rf"{_HAN}{{2,4}}|{_HAN}{{1,8}}[·•・]{_HAN}{{1,8}}")
_CALLED = re.compile(
    rf"(?:名叫|叫做|叫|姓名是?|名字是?)[:： ]?({_HAN}[某小]?{_HAN}{{1,2}}?)"
    r"(?=$|[^\u3400-\u9fff]|[想初高今在是的])"
)
_PUPIL = re.compile(rf"({_HAN}{{1,3}})(?:同学|学生|小朋友)")
_BETWEEN = re.compile(r"[\s，,、；;。]+")
_EDGES = "+：:（）()"
_BREAKS = re.compile(r"[\n；;，,、。 ]")
_SURNAMES = frozenset("于向和从那由都过能与")
"""Words of one character that are also surnames."""

MOST_PHONES = 50


def name_and_note(text: str) -> tuple[str, str]:
    """The name in what a lead says beside its phone, level and wish, and the rest as its note; the
    name is "" where no word looks like one."""
    words = [word for word in _BETWEEN.split(text) if any(map(str.isalnum, word))]
    if not words:
        return "", ""
    first = words[0].strip(_EDGES)
    if _NAME.fullmatch(first) and not _ours(first) and not _PUPIL.fullmatch(first):
        return first, " ".join(words[1:])
    if called := _CALLED.search(text):
        return called[1], _note(words, called[1])
    for word in (word.strip(_EDGES) for word in words):
        left = _strange(word)
        whole = left if left == word or word.endswith(left) else ""
        if whole and _NAME.fullmatch(whole):
            return whole, _note([one for one in words if word not in one], whole)
        if (pupil := _PUPIL.fullmatch(word)) and not _ours(pupil[1]):
            return pupil[1], _note([one for one in words if word not in one], word)
    strange = [word for word in words if _strange(word)]
    if not any(map(_ours, words)):
        return words[0], " ".join(words[1:])
    return "", " ".join(strange)


def _note(words: list[str], name: str) -> str:
    return " ".join(word for word in words if word != name and _strange(word))


def _ours(word: str) -> bool:
    """Whether a word is made of those that people say around a lead, or begins with one."""
    start, end = next(words_in(word), (1, 1))
    if start or (end == 1 and word[0] in _SURNAMES):
        return False
    return end > 1 or not _strange(word)


def _strange(word: str) -> str:
    """A word without those that people say around a lead."""
    kept = list(word)
    for start, end in words_in(word):
        kept[start:end] = " " * (end - start)
    return "".join(kept).replace(" ", "")


def tidied(text: str, lexicon: Lexicon, asking: Asking) -> str:
    """A text with phones as lines that a lead is reported by, one a phone, without its word."""
    setting = Setting(lexicon, asking.plan.year, asking.at)
    return "\n".join(_line(part, setting) for part in _parts(text))


def _line(text: str, setting: Setting) -> str:
    values = read_folded(SLOTS, text, fold(text), setting).values
    name, note = name_and_note(values.get("who", ""))
    wished = values.get("major") or setting.lexicon.short_names.get(values.get("wished") or "", "")
    said = (name, values.get("phone"), values.get("level"), wished, values.get("track"), note)
    return " ".join(part for part in said if part)


def _parts(text: str) -> Iterator[str]:
    """The text, cut between its phones: before the words that lead up to each but the first."""
    copy, starts, begin = fold(text), [0], 0
    ends: list[int] = []
    while (found := find_phone(copy[begin:])) is not None and len(starts) <= MOST_PHONES:
        ends.append(begin + found[2])
        if len(ends) > 1:
            gap = list(_BREAKS.finditer(copy, ends[-2], begin + found[1]))
            strong = [one for one in gap if one[0] in "\n；;。"]
            near = [one for one in gap if one[0] != " " or one.end() < begin + found[1]]
            cut = (strong or near or gap)[-1].end() if gap else ends[-2]
            starts.append(cut)
        begin += found[2]
    for at, start in enumerate(starts):
        yield text[start : starts[at + 1] if at + 1 < len(starts) else len(text)]
