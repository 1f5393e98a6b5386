"""The one detector of mobile numbers: what reads a lead also guards groups and stored text (C7).

Every character is translated to its class: figures of any script to 0-9, spoken digits (幺三八, and
o for zero) to a-j, what separates groups of digits to - _ or , and anything else to a dot; what
nobody can see is left out. Runs of digits in that copy are then tried group by group, so the time
is linear in the length of the text.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from commands.grammar import links
from commands.grammar.digits import CLASSES, SPOKEN
from commands.grammar.folding import fold
from commands.grammar.unclear import Unclear
from commands.wording.formats import masked
from commands.wording.sentences import say

Found = tuple[str, int, int]
"""The 11 digits of a number, and its span with the country code."""

LENGTH = 11
_AS_FIGURES = str.maketrans("abcdefghij", "0123456789")
_RUN = re.compile(r"[0-9a-j](?:[-_,]{0,3}[0-9a-j])*")
_MANY = re.compile(r"[0-9a-j](?:[-_,]{0,3}[0-9a-j]){10}")
_FIGURES = re.compile(r"[0-9]+")
_DIGITS = re.compile(r"[0-9a-j]+")
_SAID_DIGIT = re.compile(r"[a-j]")
_COUNTRY = re.compile(r"(?:00)?86$")
_CODED = re.compile(r"(?:[0０][0０])?[8８][6６]([)）]?)")
_UNUSUAL = re.compile("[^\n -~\u4e00-\u9fff，。、：；“”（）！？《》…–]")
_PLAIN_DIGIT = re.compile(f"[0-9{''.join(SPOKEN)}]")
"""Most texts hold only usual characters and too few digits for a number."""

_BEGIN = re.compile(r"(?=[1b][-_,b]{0,3}[3-9d-j])")
_CORE = re.compile(r"[-_]{1,3}")
_STRICT = re.compile(r"[-_,]*b?[-_,]*")
_PLAIN = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_CANONICAL = (3, 4, 4)
_ALONE = (_CANONICAL[0], LENGTH, LENGTH + 1)
"""Digits of a first group that need not be followed as closely; one spoken digit may hang on."""
_LONG = re.compile(r"[0-9a-j](?:[-_]?[0-9a-j]){6,}|[0-9](?:[-_,#]{1,3}[0-9]|[0-9]){9,}")
_NOT_DIGIT = re.compile(r"[^0-9]")


class _Group(NamedTuple):
    """Digits without a gap, as a span of the class copy; `gap`: what stands before it in its run,
    "" at the beginning of a run, None where it does not belong to what stands before it."""

    start: int
    end: int
    gap: str | None

    @property
    def size(self) -> int:
        return self.end - self.start


def phones(text: str) -> list[Found]:
    """Every mobile number in a text, outside of its links."""
    return list(_each(text)) if _has_room(text) else []


def _has_room(text: str) -> bool:
    """Whether a text has what a number is made of: enough characters, and enough digits unless
    some of its characters are unusual."""
    return len(text) >= LENGTH and bool(
        _UNUSUAL.search(text) or len(_PLAIN_DIGIT.findall(text)) >= LENGTH
    )


def _each(text: str) -> Iterator[Found]:
    """The numbers one by one: whoever needs the first does not look for the others."""
    if not _has_room(text):
        return
    copy = _without_links(text).translate(CLASSES)
    if _MANY.search(copy) is None:
        return
    places = None
    for run in _RUN.finditer(copy):
        if run.end() - run.start() >= LENGTH:
            for one in _in_run(copy, *run.span()):
                places = places or _places(text, len(copy))
                yield _placed(text, one, places)


def find_phone(copy: str) -> Found | None:
    """The first mobile number: its 11 digits, and its span including the country code."""
    plain = _PLAIN.search(copy)
    # Fewer characters than a number has cannot hide another one before it.
    if plain and plain.start() < LENGTH and not _may_be_more(copy[: plain.start()]):
        return plain[0], plain.start(), plain.end()
    return next(_each(copy), None)


def _may_be_more(before: str) -> bool:
    """Whether what stands before eleven digits may belong to them: a country code, a link."""
    return "6" in before or "/" in before or "六" in before or (bool(before) and not _safe(before))


def _safe(before: str) -> bool:
    return CLASSES[ord(before[-1])] in ("-", ".", ",", "z")


def has_phone(copy: str, since: int) -> bool:
    """Whether another mobile number follows."""
    return next(_each(copy[since:]), None) is not None


def has_two(copy: str) -> bool:
    """Whether a text holds more than one mobile number."""
    return len(list(islice(_each(copy), 2))) == 2


def without_phones(text: str, own: Collection[str] = ()) -> str:
    """The text with every mobile number masked, except in links and those of the school's `own`."""
    if len(text) < LENGTH:
        return text
    for digits, start, end in reversed(phones(text)):
        if digits not in own:
            text = text[:start] + masked(digits) + text[end:]
    return text


def numbers_in(text: str, own: Collection[str] = ()) -> bool:
    """Whether a text holds a mobile number that is not one of the school's `own`."""
    return any(digits not in own for digits, _, _ in _each(text))


def refuse_broken_phone(copy: str) -> None:
    """Raise Unclear if a text still holds digits meant as a mobile number."""
    digits = broken_phone(copy)
    if len(digits) == LENGTH:
        mobile = _PLAIN.fullmatch(digits)
        raise Unclear(say("unclear.phone_form" if mobile else "unclear.phone_start"))
    if digits:
        raise Unclear(say("unclear.phone_length", digits=len(digits)))


def broken_phone(copy: str) -> str:
    """The first digits probably meant as a number, none of which is a mobile one; "" if none."""
    found = _LONG.search(_without_links(copy).translate(CLASSES))
    return _NOT_DIGIT.sub("", found[0].translate(_AS_FIGURES)) if found else ""


# --- a run of digits ------------------------------------------------------------------------


def _in_run(copy: str, start: int, end: int) -> Iterator[Found]:
    """The numbers of a run in their order. Those in figures alone go first, so that 初三138… is
    read; those with spoken digits are looked for in what is left."""
    figures = _in_groups(copy, list(_groups(copy, start, end, _FIGURES)), slack=0)
    if _SAID_DIGIT.search(copy, start, end) is None:
        yield from figures
        return
    since = start
    for one in (*figures, ("", end, end)):
        _, first, last = one
        if first - since >= LENGTH:
            yield from _in_groups(copy, list(_groups(copy, since, first, _DIGITS)), slack=2)
        if last > first:
            yield one
        since = last


def _groups(copy: str, start: int, end: int, digits: re.Pattern[str]) -> Iterator[_Group]:
    before = start
    for one in digits.finditer(copy, start, end):
        gap = copy[before : one.start()]
        first, before = one.span()
        yield _Group(first, before, gap if not gap or _belongs(gap) else None)


@lru_cache(maxsize=256)
def _is_core(gap: str) -> bool:
    return _CORE.fullmatch(gap) is not None


@lru_cache(maxsize=256)
def _belongs(gap: str) -> bool:
    """Whether what stands between two groups may stand inside a number."""
    return bool(_CORE.fullmatch(gap) or _STRICT.fullmatch(gap))


def _in_groups(copy: str, groups: Sequence[_Group], slack: int) -> Iterator[Found]:
    """The numbers in some groups. `slack`: how many spoken digits before a number may belong to a
    name, as in 张三一三八…."""
    at, free, rows = 0, 0, _rows(groups)
    for begin in _BEGIN.finditer(copy, groups[0].start, groups[-1].end) if groups else ():
        start = begin.start()
        while at < len(groups) and groups[at].end <= start:
            at += 1
        if at < free or at == len(groups) or groups[at].start > start:
            continue
        taken = _from(copy, groups, at, start, slack=slack, free=free, row=rows[at])
        if taken is not None:
            yield taken[0]
            free = taken[1]


def _from(
    copy: str,
    groups: Sequence[_Group],
    at: int,
    start: int,
    *,
    slack: int,
    free: int,
    row: int,
) -> tuple[Found, int] | None:
    """The number that begins at a place in a group, and the first group after it. `free`: the
    first group that no number has taken yet; `row`: how many single digits begin here."""
    first = groups[at]
    if start - first.start > slack + len("0086"):
        return None
    if first.end - start not in _ALONE and not _goes_on(groups, at):
        return None
    before = copy[first.start : start]
    country = _COUNTRY.search(before.translate(_AS_FIGURES))
    begins = first.start + country.start() if country else start
    name = copy[first.start : begins]
    if len(name) > slack or name.strip("abcdefghij"):
        return None
    if row >= LENGTH and row % LENGTH:  # single digits, and not a whole number of numbers
        return None
    if _is_marked(copy, first) and first.size != LENGTH:
        return None
    spans = _eleven(copy, groups, at, start, loose=bool(slack))
    if spans is None:
        return None
    upto = at + len(spans)
    shape = [b - a for a, b in spans]
    gaps = [groups[place].gap or "" for place in range(at + 1, upto)]
    if not _plausible(copy, spans, shape, gaps):
        return None
    if _is_of_a_longer(copy, groups, at, upto, free=free, shape=shape, row=row):
        return None
    if at > free and not before and first.gap is not None and _is_country(copy, groups[at - 1]):
        begins = groups[at - 1].start
    digits = "".join(copy[a:b] for a, b in spans).translate(_AS_FIGURES)
    return (digits, begins, spans[-1][1]), upto


def _goes_on(groups: Sequence[_Group], at: int) -> bool:
    """Whether the next group can belong to a number that is not written 3-4-4. It spares a long
    list of dates or times the look at eleven digits each."""
    return at + 1 < len(groups) and _is_core(groups[at + 1].gap or "")


def _eleven(
    copy: str, groups: Sequence[_Group], at: int, start: int, *, loose: bool
) -> list[tuple[int, int]] | None:
    """The spans of whole groups that hold eleven digits from `start` on; None if none do. `loose`:
    one spoken digit may follow the last one."""
    spans: list[tuple[int, int]] = []
    left = LENGTH
    for group in groups[at : at + LENGTH]:
        begin = start if not spans else group.start
        if spans and group.gap is None:
            return None
        size = group.end - begin
        if size > left:
            extra = size - left
            if loose and extra == 1 and copy[group.end - 1] in "abcdefghij":
                return [*spans, (begin, group.end - 1)]
            return None
        spans.append((begin, group.end))
        left -= size
        if not left:
            return spans
    return None


def _is_marked(copy: str, group: _Group) -> bool:
    """Whether digits are a #number or a 工号 such as T1380."""
    mark = copy[group.start - 1 : group.start]
    if mark == "t":
        return copy[group.start - 2 : group.start - 1] not in ("z", "t", "x")
    return mark == "#"


def _is_country(copy: str, group: _Group) -> bool:
    return copy[group.start : group.end].translate(_AS_FIGURES) in ("86", "0086")


def _plausible(
    copy: str, spans: Sequence[tuple[int, int]], shape: Sequence[int], gaps: Sequence[str]
) -> bool:
    """Whether eleven digits in groups are written as a number, not as dates, times or a list."""
    if len(shape) == 1 or tuple(shape) == _CANONICAL:
        return True
    if any(not _CORE.fullmatch(gap) for gap in gaps):
        return False
    if len(shape) == 2:
        return True
    if len(set(gaps)) > 1:
        return False
    values = [int(copy[a:b].translate(_AS_FIGURES)) for a, b in spans]
    if len(shape) == 4 and gaps[0] == "_" and max(shape) <= 3 and max(values) <= 255:
        return False  # an address of a computer
    if shape[0] == 4 and values[0] >= 1900 and 0 < values[1] <= 12 and max(shape[1:3]) <= 2:
        return False  # a date
    ascending = all(one < two for one, two in pairwise(values))
    return not (len(shape) > 3 and ascending)


def _is_of_a_longer(
    copy: str,
    groups: Sequence[_Group],
    at: int,
    upto: int,
    *,
    free: int,
    shape: Sequence[int],
    row: int,
) -> bool:
    """Whether the groups belong to the number of a card, or to more than eleven single digits."""
    before = groups[at - 1] if at > free and groups[at].gap is not None else None
    if before and before.size == 4 and shape[:2] == [4, 4]:
        return True
    if before and before.size == 6 and copy[groups[upto - 1].end :][:1] == "x":
        return True
    if max(shape) == 1:
        return row % LENGTH != 0 or bool(before and before.size == 1)
    return False


def _rows(groups: Sequence[_Group]) -> list[int]:
    """For every group, how many single digits in a row begin with it."""
    rows, length = [0] * len(groups), 0
    for place in range(len(groups) - 1, -1, -1):
        length = length + 1 if groups[place].size == 1 else 0
        rows[place] = length
        if groups[place].gap is None:
            length = 0
    return rows


# --- where it stands ------------------------------------------------------------------------


def _without_links(text: str) -> str:
    if "." not in text and ":" not in text and "：" not in text:
        return text
    for start, end in links.spans(text, fold(text)):
        text = f"{text[:start]}{'x' * (end - start)}{text[end:]}"
    return text


def _places(text: str, length: int) -> Sequence[int]:
    """The place in the text of every character of its class copy."""
    if length == len(text):
        return range(length)
    return [at for at, char in enumerate(text) if CLASSES[ord(char)] is not None]


def _placed(text: str, found: Found, places: Sequence[int]) -> Found:
    digits, first, last = found
    start, end = places[first], places[last - 1] + 1
    following = places[last] if last < len(places) else len(text)
    if text[end:following].strip("\ufe0f\u20e3") == "":
        end = following  # what belongs to a keycap
    if digits != text[start:end]:
        start = _with_country(text, start)
    return digits, start, end


def _with_country(text: str, start: int) -> int:
    """The start of a number with the plus and the bracket of its country code."""
    country = _CODED.match(text, start)
    if country:
        for marks in ("+＋", "(（" if country[1] else ""):
            if start and text[start - 1] in marks:
                start -= 1
    return start
