"""Readers of arguments recognised by their form: links, phones, times, numbers, counts.

Each is a `commands.grammar.line.Reader`: it returns None where the line has no such argument,
and raises Unclear for one that cannot be valid.
"""

import re
from typing import TypeVar

from commands.grammar import links
from commands.grammar.days import find_when
from commands.grammar.folding import fold
from commands.grammar.line import CUT, Rest
from commands.grammar.phones import find_phone, has_phone, refuse_broken_phone
from commands.grammar.quantities import (
    find_count,
    find_minutes,
    find_number,
    find_numbers,
    find_weeks,
)
from commands.grammar.slots import Slot
from commands.grammar.unclear import Unclear
from commands.wording.sentences import say
from scoring.moments import Instant

_Value = TypeVar("_Value")


def reports(rest: Rest, slot: Slot) -> tuple[links.Item, ...] | None:
    """The pasted items of C2; None when none of them has a link."""
    items = links.pasted(rest.text, rest.copy, rest.lexicon.kinds)
    if len(items) > links.MAX_ITEMS:
        raise Unclear(say("unclear.items", most=links.MAX_ITEMS, total=len(items)))
    if not any(item.link for item in items):
        _refuse_broken_link(rest.copy)
        items = ()
    rest.take(
        0, len(rest.copy)
    )  # a title without its link stays in the line; the link is asked for
    return items or None


def link(rest: Rest, slot: Slot) -> str | None:
    """The first complete link, as written."""
    if "." in rest.copy or ":" in rest.copy or "：" in rest.copy:
        for start, end in links.spans(rest.text, rest.copy):
            whole = links.whole(rest.text[start:end])
            if whole:
                rest.take(start, end)
                return whole
        _refuse_broken_link(rest.copy)
    return None


def _refuse_broken_link(copy: str) -> None:
    if links.broken(copy):
        raise Unclear(say("unclear.link"))


def phone(rest: Rest, slot: Slot) -> str | None:
    """The eleven digits of the only mobile number; Unclear if there are several."""
    found = find_phone(rest.copy)
    if found is None:
        refuse_broken_phone(rest.copy)
        return None
    digits, start, end = found
    inside = rest.copy[start:end]
    if rest.copy[start - 1 : start] == "(" and inside.count(")") > inside.count("("):
        start -= 1
    rest.take(start, end)
    if has_phone(rest.copy, end):
        raise Unclear(say("unclear.phones"))
    return digits


def weeks(rest: Rest, slot: Slot) -> tuple[str, ...] | None:
    """Weeks, or a month, as `scoring.moments` writes periods."""
    found: dict[str, None] = {}
    spans = []
    for periods, start, end in find_weeks(rest.copy, rest.setting.year):
        found.update(dict.fromkeys(periods))
        spans.append((start, end))
    rest.take_all(spans)
    return tuple(found) or None


def when(rest: Rest, slot: Slot) -> Instant | None:
    """A moment; a day alone means its last second."""
    year, at = rest.setting.year, rest.setting.at
    return _taken(rest, find_when(rest.copy, year, at, numbered=rest.numbered, strict=True))


def numbers(rest: Rest, slot: Slot) -> tuple[int, ...] | None:
    """A batch of numbers and ranges."""
    return _taken(rest, find_numbers(rest.copy, anywhere=not rest.free))


def number(rest: Rest, slot: Slot) -> int | None:
    """One number; with `spare`, None when the only bare number is the count."""
    found = find_number(rest.copy, anywhere=not rest.free)
    if found and slot.spare:
        _, start, end = found
        bare = rest.copy[start].isdigit()
        if bare and not find_count(rest.copy[:start] + CUT[: end - start] + rest.copy[end:]):
            return None
    return _taken(rest, found)


def count(rest: Rest, slot: Slot) -> int | None:
    """A count; with `choices`, the one that follows one of them."""
    return _taken(rest, find_count(rest.copy, slot.choices))


def minutes(rest: Rest, slot: Slot) -> int | None:
    """A length of time, in minutes."""
    return _taken(rest, find_minutes(rest.copy))


def _taken(rest: Rest, found: tuple[_Value, int, int] | None) -> _Value | None:
    if found is None:
        return None
    value, start, end = found
    rest.take(start, end)
    return value


_STAFF_NO = re.compile(r"[0-9a-z](?:[0-9a-z_-]{0,30}[0-9a-z])?")


def staff_no(rest: Rest, slot: Slot) -> str | None:
    """A 工号 or a one-time code, in upper case."""
    found = _STAFF_NO.search(rest.copy)
    return fold(rest.take(*found.span())).upper() if found else None
