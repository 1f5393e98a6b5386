"""Weeks, numbers and counts as people write and dictate them. Works on folded copies.

Each `find_*` returns what it found with its span, or None; it raises `Unclear` with the sentence
to say when something was meant as a quantity but cannot be one.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from commands.grammar.unclear import Unclear
from commands.wording.sentences import say
from scoring.moments import month_of, week_of

SEPARATORS = " \n\x00,，、;；。"
"""What separates arguments (contracts 2); \\x00 marks where an argument was cut out."""

_END = r"(?=[\s\x00,，、;；。!~?)]|$)"


# --- weeks and months --------------------------------------------------------------------

_BACKWARDS = re.compile(
    r"(?<![一二三四五六日末年])周[ ]?"
    r"(?P<weeks>[0-9]{1,2}(?:第?[ ]?[-~–—至到、,，和][ ]?[0-9]{1,2})*+)[ ]?第?"
)
"""Weeks, in a reversed copy: read from 周 on, a long row of numbers is looked at only once."""

_MONTH = re.compile(r"(?<![0-9])([0-9]{1,2})[ ]?月份?")
_GOES_ON = re.compile(r"(?<=月)[ ]?[0-9]")
_SPAN = re.compile(r"([0-9]+)(?:[ ]?[-~–—至到][ ]?第?([0-9]+))?")
MOST_SPANS = 60
"""Weeks, months and spans of weeks in one line."""

_Weeks = tuple[tuple[str, ...], int, int]


def find_weeks(copy: str, year: int) -> list[_Weeks]:
    """The weeks (第40周, 第40-41周, 40、41周) and months (10月) of a year with their spans, each
    as `scoring.moments` writes periods. A month before a figure is a date (4月5日), unless the
    figure begins another one."""
    found: list[_Weeks] = []
    total = 0
    for said, start, end in _said_weeks(copy):
        spans = _SPAN.findall(said)
        total += len(spans)
        if total > MOST_SPANS:
            raise Unclear(say("unclear.weeks_many"))
        try:
            periods = tuple(_periods(said, spans, year))
        except ValueError:
            whole = copy[start:end].strip()
            raise Unclear(say("unclear.weeks", year=year, said=whole)) from None
        found.append((periods, start, end))
    return found


def _said_weeks(copy: str) -> list[tuple[str, int, int]]:
    """Weeks and months in order: their figures (a month's end in 月) and their spans."""
    whole = [(f"{month[1]}月", *month.span()) for month in _MONTH.finditer(copy)]
    if "周" in copy:
        last = len(copy)
        for weeks in _BACKWARDS.finditer(copy[::-1]):
            start, end = weeks.span()
            whole.append((weeks[1][::-1], last - end, last - start))
        whole.sort(key=lambda said: said[1])
    found: list[tuple[str, int, int]] = []
    next_one = len(copy)
    for said, start, end in reversed(whole):
        goes_on = _GOES_ON.match(copy, end)
        if goes_on is None or next_one < goes_on.end():
            found.append((said, start, end))
            next_one = start
    return found[::-1]


def _periods(said: str, spans: list[tuple[str, str]], year: int) -> Iterator[str]:
    if said.endswith("月"):
        yield month_of(date(year, int(said[:-1]), 1))
        return
    for first, last in spans:
        if last and int(last) < int(first):
            raise ValueError("the other way round")
        for week in range(int(first), int(last or first) + 1):
            yield week_of(date.fromisocalendar(year, week, 1))


# --- numbers of things -------------------------------------------------------------------

_MARK = r"(?:\#[ ]?|第|任务[ ]?\#?|编号[ ]?)"
_ONE = r"[0-9]{1,9}(?![0-9])"
_RANGE = re.compile(
    rf"(?P<mark>{_MARK})?(?P<first>{_ONE})[条号]?"
    rf"(?:[ ]?[-~–—−至到][ ]?{_MARK}?(?P<last>{_ONE})[条号]?)?"
)
_MARKED = re.compile(rf"{_MARK}{_ONE}")
_BOUNDARY = re.compile(_END)
_GAP = re.compile(r"[\s\x00,，、;；。和]*")
MOST = 200
"""A line of more numbers than this is refused before its ranges are expanded."""


def find_numbers(copy: str, *, anywhere: bool) -> tuple[tuple[int, ...], int, int] | None:
    """The first run of numbers and ranges: at the beginning, else from the first marked number,
    else (`anywhere`) from a bare number that stands alone."""
    for start in _starts(copy, anywhere):
        taken: dict[int, None] = {}
        end, rounds = start, 0
        while found := _range_at(copy, _skip(copy, end)):
            rounds += 1
            _spell(found, taken, rounds)
            end = found.end()
        if taken:
            return tuple(taken), start, end
    return None


def find_number(copy: str, *, anywhere: bool) -> tuple[int, int, int] | None:
    """One number, as in `find_numbers`; with `anywhere` a marked one is preferred to a bare one."""
    marked = _MARKED.search(copy) if anywhere else None
    for start in [marked.start()] if marked else _starts(copy, anywhere):
        found = _range_at(copy, start)
        if found:
            tail = found.end() if found["last"] is None else found.end("first")
            return int(found["first"]), start, tail
    return None


def marked_numbers(copy: str) -> tuple[int, ...]:
    """All the #numbers in a text, such as a quoted one."""
    return tuple(dict.fromkeys(int(said[1]) for said in re.finditer(rf"#({_ONE})", copy)))


def _starts(copy: str, anywhere: bool) -> Iterator[int]:
    yield _skip(copy, 0)
    marked = _MARKED.search(copy)
    if marked:
        yield marked.start()
    elif anywhere:
        for token in re.finditer(r"[^\s\x00,，、;；。]+", copy):
            if token[0][0].isdigit():
                yield token.start()


def _skip(copy: str, start: int) -> int:
    gap = _GAP.match(copy, start)
    return gap.end() if gap else start


def _range_at(copy: str, start: int) -> re.Match[str] | None:
    found = _RANGE.match(copy, start)
    if found is None:
        return None
    closed = _BOUNDARY.match(copy, found.end()) is not None
    return found if closed or (found["mark"] or "").startswith("#") else None


def _spell(found: re.Match[str], taken: dict[int, None], rounds: int) -> None:
    first = int(found["first"])
    last = int(found["last"] or first)
    if last < first:
        raise Unclear(say("unclear.backwards", said=found[0], first=first, last=last))
    if max(len(taken), rounds) + last - first >= MOST:
        raise Unclear(say("unclear.numbers", most=MOST))
    taken.update(dict.fromkeys(range(first, last + 1)))


# --- counts ------------------------------------------------------------------------------

_COUNT_BODY = (
    r"(?:(?P<plain>[0-9]{1,3}(?:[,，][0-9]{3})+|[0-9]{1,12}(?:\.[0-9]{1,4})?)"
    r"[ ]?(?P<scale>[万千百wk]?)"
    r"|(?P<chinese>[零〇一二两三四五六七八九十百千万]{1,12}+))"
    rf"\+?(?:分钟|人次|[人次个篇位名])?{_END}"
)
_COUNT = re.compile(rf"(?<![0-9a-z.#-]){_COUNT_BODY}")
_SCALES = {"": 1, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000}
_FIGURES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000}


def find_count(copy: str, labels: tuple[str, ...] = ()) -> tuple[int, int, int] | None:
    """A count; with `labels`, the one after a label (转发=6000)."""
    pattern = _COUNT
    if labels:
        said = "|".join(map(re.escape, labels))
        pattern = re.compile(rf"(?:{said})[ ]?[=:：]?[ ]?{_COUNT_BODY}")
    for found in pattern.finditer(copy):
        value = read_count(found)
        if value is not None:
            return value, found.start(), found.end()
    return None


def read_count(found: re.Match[str]) -> int | None:
    """The value of a count; None if it is not a whole number."""
    if found["chinese"]:
        return chinese_number(found["chinese"])
    value = Decimal(found["plain"].replace(",", "").replace("，", "")) * _SCALES[found["scale"]]
    return int(value) if value == int(value) else None


_HOURS = re.compile(
    r"(?<![0-9.a-z])(?:(?P<hours>[0-9]{1,2}(?:\.[0-9])?|[一二两三四五六七八九十]{1,3})[ ]?"
    r"(?:个(?P<and_half>半)?)?[ ]?|(?P<half>半)个?)(?:小时|钟头|h)[ ]?(?P<half_past>半)?"
    rf"(?:(?P<minutes>[0-9]{{1,2}})[ ]?分钟?)?{_END}"
)


def find_minutes(copy: str) -> tuple[int, int, int] | None:
    """A length of time in minutes: in hours (2小时, 一个半小时, 1小时20分), else a count."""
    found = _HOURS.search(copy)
    if found is None:
        return find_count(copy)
    said = found["hours"] or "0"
    hours = Decimal(said) if said[0].isdecimal() and said[0].isascii() else chinese_number(said)
    halves = sum(found[name] is not None for name in ("and_half", "half", "half_past"))
    minutes = 60 * (hours or 0) + 30 * halves + int(found["minutes"] or 0)
    return int(minutes), found.start(), found.end()


def chinese_number(said: str) -> int | None:
    """七千 -> 7000, 一百三十 -> 130, 一二三 -> 123, 一万二 -> 12000 (10002 is 一万零二); None for
    what is no number."""
    if all(char in _FIGURES for char in said):
        return int("".join(str(_FIGURES[char]) for char in said))
    total = section = figure = 0
    scale = 10
    for place, char in enumerate(said):
        if char in _FIGURES:
            if figure:
                return None
            figure = _FIGURES[char]
            scale = 10 if char in "零〇" else scale
        elif char in _TENS:
            scale = _TENS[char]
            section += (figure or (1 if char == "十" or place == 0 else 0)) * scale
            figure = 0
        elif place == 0:
            return None
        else:
            total, section, figure, scale = (total + section + figure) * 10_000, 0, 0, 10_000
    return total + section + figure * (scale // 10)
