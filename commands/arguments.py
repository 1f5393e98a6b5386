"""Arguments are found by what they are, in any order (C6).

Each slot kind has one reader. Readers run in the order of `READERS`; each cuts what it
recognises out of the line, and what remains, verbatim, is the free text. Nothing is guessed:
what can be read in two ways comes back as a problem, with choices where there are some.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from commands import links
from commands.chat import MAX_TEXT
from commands.lexicon import Lexicon
from commands.quantities import (
    SEPARATORS,
    Unclear,
    find_count,
    find_number,
    find_numbers,
    find_phone,
    find_weeks,
    find_when,
    has_phone,
    refuse_broken_phone,
)
from commands.registry import Slot, SlotKind
from commands.text import clean, fold
from db.people import Person
from scoring.moments import Instant


@dataclass(slots=True, kw_only=True)
class Arguments:
    """What a line says. `missing`: the first required slot without a value. `problem`: one
    sentence for what cannot be read, `choices` to go on with: (label, the arguments instead).
    `leftover`: what no slot took. `typed`: whether anything but free text was found."""

    values: dict[str, Any] = field(default_factory=dict)
    missing: Slot | None = None
    problem: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    leftover: str = ""
    typed: bool = False


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
        self.copy = copy[:first] + _CUT[: end - first] + copy[end:]
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
_CUT = "\x00" * (2 * MAX_TEXT)
_TOKEN = re.compile(r"[^\s\x00,，、;；。]+")
_KEPT = re.compile(r"[^\x00]+")
_EDGES = " \n\u3000\u2005\xa0,，、;；"
_BEFORE = f"{_EDGES}：:。="
_BEHIND = f"{_EDGES}：:="
_NOTHING = f"{_EDGES}。.:：=()（）!！~～"

_Value = TypeVar("_Value")

Reader = Callable[[Rest, Slot], Any]
"""Takes its value out of the line, or returns None; raises Unclear."""


# --- what can be seen by its form ---------------------------------------------------------


def _reports(rest: Rest, slot: Slot) -> tuple[links.Item, ...] | None:
    items = links.pasted(rest.text, rest.copy, rest.lexicon.kinds)
    if len(items) > links.MAX_ITEMS:
        most = links.MAX_ITEMS
        raise Unclear(f"一次最多 {most} 条，这里有 {len(items)} 条，都没有收，请分几次发。")
    if not any(item.link for item in items):
        _refuse_broken_link(rest.copy)
        items = ()
    rest.take(0, len(rest.copy))  # a title without its link is kept in the line, and asked for
    return items or None


def _link(rest: Rest, slot: Slot) -> str | None:
    if "." in rest.copy or ":" in rest.copy or "：" in rest.copy:
        for start, end in links.spans(rest.text, rest.copy):
            link = links.whole(rest.text[start:end])
            if link:
                rest.take(start, end)
                return link
        _refuse_broken_link(rest.copy)
    return None


def _refuse_broken_link(copy: str) -> None:
    if links.broken(copy):
        raise Unclear("链接没看懂，没有收：请复制完整的链接，以 https:// 开头。")


def _phone(rest: Rest, slot: Slot) -> str | None:
    found = find_phone(rest.copy)
    if found is None:
        refuse_broken_phone(rest.copy)
        return None
    digits, start, end = found
    rest.take(start, end)
    if has_phone(rest.copy, end):
        raise Unclear("这里有不止一个电话，没有处理：请一条只写一个电话，分开发。")
    return digits


def _weeks(rest: Rest, slot: Slot) -> tuple[str, ...] | None:
    found: list[str] = []
    while one := find_weeks(rest.copy, rest.setting.year):
        found += _taken(rest, one) or ()
    return tuple(dict.fromkeys(found)) or None


def _when(rest: Rest, slot: Slot) -> Instant | None:
    return _taken(rest, find_when(rest.copy, rest.setting.year, rest.setting.at))


def _numbers(rest: Rest, slot: Slot) -> tuple[int, ...] | None:
    return _taken(rest, find_numbers(rest.copy, anywhere=not rest.free))


def _number(rest: Rest, slot: Slot) -> int | None:
    found = find_number(rest.copy, anywhere=not rest.free)
    if found and slot.spare:
        _, start, end = found
        bare = rest.copy[start].isdigit()
        if bare and not find_count(rest.copy[:start] + _CUT[: end - start] + rest.copy[end:]):
            return None
    return _taken(rest, found)


def _count(rest: Rest, slot: Slot) -> int | None:
    return _taken(rest, find_count(rest.copy, slot.choices))


def _taken(rest: Rest, found: tuple[_Value, int, int] | None) -> _Value | None:
    if found is None:
        return None
    value, start, end = found
    rest.take(start, end)
    return value


_STAFF_NO = re.compile(r"[0-9a-z](?:[0-9a-z_-]{0,30}[0-9a-z])?")


def _staff_no(rest: Rest, slot: Slot) -> str | None:
    found = _STAFF_NO.search(rest.copy)
    return fold(rest.take(*found.span())).upper() if found else None


# --- what can be seen by its words --------------------------------------------------------

_LEVELS = {
    "初三": "初三|九年级|初3",
    "初二": "初二|八年级",
    "初一": "初一|七年级",
    "初中毕业": "初中毕业",
    "高三": "高三|十二年级|高3",
    "高二": "高二",
    "高一": "高一",
    "高中毕业": "高中毕业",
    "社会": "社会人员|社会考生|社会生源|社会",
    "初中": "初中",
    "高中": "高中",
}
_TRACKS = {"中职": "中职|中专|职高|技校", "高职": "高职|大专|专科"}


def _spellings(table: Mapping[str, str], after: str = "") -> tuple[re.Pattern[str], dict[str, str]]:
    meant = {said: word for word, said_so in table.items() for said in said_so.split("|")}
    longest_first = sorted(meant, key=len, reverse=True)
    return re.compile(f"({'|'.join(longest_first)}){after}"), meant


_LEVEL = _spellings(_LEVELS, "(?:学生|生|的)?")
_TRACK = _spellings(_TRACKS)
_AFTER_WORD = frozenset("男女班了吧的生")


def _spelled(rest: Rest, spelling: tuple[re.Pattern[str], dict[str, str]]) -> str | None:
    pattern, meant = spelling
    found = pattern.search(rest.copy)
    while found:
        start, end = found.span()
        if not _is_in_a_name(rest.copy, start, end):
            rest.take(start, end)
            return meant[found[1]]
        found = pattern.search(rest.copy, end)
    return None


def _is_in_a_name(copy: str, start: int, end: int) -> bool:
    """高三强 is somebody's name, 高三女 is not."""
    if end >= len(copy) or copy[end] in SEPARATORS or copy[end] in _AFTER_WORD:
        return False
    alone_before = not start or copy[start - 1] in SEPARATORS
    return alone_before and (end + 1 == len(copy) or copy[end + 1] in SEPARATORS)


def _level(rest: Rest, slot: Slot) -> str | None:
    return _spelled(rest, _LEVEL)


def _track(rest: Rest, slot: Slot) -> str | None:
    return _spelled(rest, _TRACK)


def aliases_in(copy: str, lexicon: Lexicon) -> Iterator[tuple[str, int, int]]:
    """Every alias of a unit or a major in a copy, the longest at each place."""
    end = 0
    while head := lexicon.heads.search(copy, end):
        start = head.start()
        end = start + 1
        for alias in lexicon.by_head[copy[start]]:
            if copy.startswith(alias, start):
                end = start + len(alias)
                yield alias, start, end
                break


def _unit(rest: Rest, slot: Slot) -> str | None:
    """A unit's code; `major` is set as well when a major was said. A major that belongs to no
    unit sets `major` alone (A47)."""
    found = next(aliases_in(rest.copy, rest.lexicon) if rest.free else _lone_aliases(rest), None)
    if found is None:
        return None
    alias, start, end = found
    meant = rest.lexicon.places[alias]
    if len(meant) > 1:
        choices = tuple(
            (rest.lexicon.short_names.get(place.unit or "", place.major or ""), place.unit or "")
            for place in meant
        )
        raise Unclear(
            f"“{alias}”可能是几个部门，请选一个。",
            tuple(
                (label, f"{rest.text[:start]}{unit}{rest.text[end:]}") for label, unit in choices
            ),
        )
    rest.take(start, end)
    if meant[0].major:
        rest.values["major"] = meant[0].major
    return meant[0].unit


def _lone_aliases(rest: Rest) -> Iterator[tuple[str, int, int]]:
    """Aliases that are a whole token, or one with an item's word behind it (机电视频更新)."""
    lexicon = rest.lexicon
    for token in rest.tokens():
        said, start = token[0], token.start()
        if said in lexicon.places:
            yield said, start, token.end()
        for alias in lexicon.by_head.get(said[0], ()):
            if said.startswith(alias) and said[len(alias) :] in lexicon.items:
                yield alias, start, start + len(alias)


_FEW = 8
"""A question has no more words than these."""


def _item(rest: Rest, slot: Slot) -> str | None:
    """An item by its word, or by the one word that holds what was said."""
    for token in islice(rest.tokens(), _FEW):
        said = token[0]
        codes = {word: code for word, code in rest.lexicon.items.items() if said in word}
        if said in codes or len(codes) == 1:
            rest.take(*token.span())
            return codes[said] if said in codes else next(iter(codes.values()))
        if codes:
            a, b = token.span()
            raise Unclear(
                f"“{said}”有几项，请选一项。",
                tuple((word, f"{rest.text[:a]}{word}{rest.text[b:]}") for word in codes),
            )
    return None


def _person(rest: Rest, slot: Slot) -> Person | None:
    for token in rest.tokens():
        person = _one_person(rest, token)
        if person:
            rest.take(*token.span())
            return person
    if slot.required and not rest.free:
        _refuse_unknown_name(rest)
    return None


def _people(rest: Rest, slot: Slot) -> tuple[Person, ...] | None:
    """The people named; with `choices` as labels, those named after one of the labels."""
    people: list[Person] = []
    listening = not slot.choices
    for token in list(rest.tokens()):
        if token[0] in slot.choices:
            listening = True
            rest.take(*token.span())
            continue
        person = _one_person(rest, token) if listening else None
        if person:
            people.append(person)
            rest.take(*token.span())
        elif slot.choices and listening:
            break
    if slot.required and not rest.free:
        _refuse_unknown_name(rest)
    return tuple(people) or None


def _one_person(rest: Rest, token: re.Match[str]) -> Person | None:
    said = token[0]
    if said in rest.lexicon.staff:
        return rest.lexicon.staff[said]
    known = rest.lexicon.names.get(said, ())
    if len(known) > 1:
        a, b = token.span()
        short = rest.lexicon.short_names
        raise Unclear(
            f"叫{rest.text[a:b]}的有 {len(known)} 位，请选一位。",
            tuple(
                (
                    f"{person.name} {short.get(person.unit, person.unit)} {person.staff_no}",
                    f"{rest.text[:a]}{person.staff_no}{rest.text[b:]}",
                )
                for person in known
            ),
        )
    return known[0] if known else None


def _refuse_unknown_name(rest: Rest) -> None:
    left = next(rest.tokens(), None)
    if left:
        said = rest.text[slice(*left.span())]
        raise Unclear(f"花名册里没有“{_quoted(said)}”，没有处理，请写全名或工号。")


_CLASS_LIKE = re.compile(r"[\u4e00-\u9fff]{1,8}[0-9]{2,4}班?(?:\([0-9]+\))?")


def _class(rest: Rest, slot: Slot) -> str | None:
    """A class by its name on the roster; something like one that is not there is named."""
    like = None
    for token in rest.tokens():
        said = token[0]
        name = rest.lexicon.classes.get(said) or rest.lexicon.classes.get(said.removesuffix("班"))
        if name:
            rest.take(*token.span())
            return name
        like = like or (token if _CLASS_LIKE.fullmatch(said) else None)
    if like:
        said = rest.text[slice(*like.span())]
        raise Unclear(f"花名册里没有“{_quoted(said)}”这个班，没有处理，请写花名册上的班名。")
    return None


def _choice(rest: Rest, slot: Slot) -> str | None:
    named = {fold(word): word for word in slot.choices}
    for token in rest.tokens():
        if token[0] in named:
            rest.take(*token.span())
            return named[token[0]]
    return None


def _flag(rest: Rest, slot: Slot) -> str | bool | None:
    """True, or the reason in brackets behind the flag: 不计 评论（没有评论区）."""
    for word in slot.choices:
        found = _flag_pattern(word).search(rest.copy)
        if found:
            why = rest.text[slice(*found.span("why"))].strip()
            rest.take(*found.span())
            return why or True
    return None


@cache
def _flag_pattern(word: str) -> re.Pattern[str]:
    spaced = "[ ]?".join(map(re.escape, fold(word)))
    edge = r"[\s\x00,，、;；。]"
    return re.compile(rf"(?:^|(?<={edge})){spaced}(?:[ ]?\((?P<why>[^()]*)\)|(?={edge}|$))")


def _text(rest: Rest, slot: Slot) -> str | None:
    said = rest.remainder()
    rest.copy = "\x00" * len(rest.copy)
    return said.removeprefix("姓名").lstrip("：: ") if said.startswith("姓名") else said or None


READERS: dict[SlotKind, Reader] = {
    "reports": _reports,
    "link": _link,
    "phone": _phone,
    "class": _class,
    "weeks": _weeks,
    "when": _when,
    "numbers": _numbers,
    "number": _number,
    "count": _count,
    "staff_no": _staff_no,
    "unit": _unit,
    "level": _level,
    "track": _track,
    "person": _person,
    "people": _people,
    "flag": _flag,
    "choice": _choice,
    "item": _item,
    "text": _text,
}
_TURN = {kind: turn for turn, kind in enumerate(READERS)}


@cache
def _in_turn(slots: tuple[Slot, ...]) -> tuple[tuple[Slot, Reader], ...]:
    turns = sorted(slots, key=lambda slot: _TURN[slot.kind])
    return tuple((slot, READERS[slot.kind]) for slot in turns)


@cache
def _required(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    return tuple(slot for slot in slots if slot.required)


def read(slots: tuple[Slot, ...], text: str, lexicon: Lexicon, year: int, at: Instant) -> Arguments:
    """Read the arguments of a command; `year` is the plan's, `at` the day that 今天 means."""
    text = clean(text)
    return read_folded(slots, text, fold(text), Setting(lexicon, year, at))


def read_folded(slots: tuple[Slot, ...], text: str, copy: str, setting: Setting) -> Arguments:
    """`read` of a text that is already clean, with its matching copy."""
    turns = _in_turn(slots)
    free = bool(turns) and turns[-1][0].kind == "text"
    rest = Rest(text, copy, setting, free)
    values = rest.values
    said = Arguments(values=values)
    try:
        for slot, read_slot in turns:
            value = read_slot(rest, slot)
            if value is not None:
                values[slot.name] = value
                if slot.kind != "text":
                    said.typed = True
    except Unclear as unclear:
        said.problem = unclear.sentence
        said.choices = unclear.choices
        said.typed = True
        return said
    if "major" in values:
        said.typed = True
    if not free:
        said.leftover = rest.remainder()
    if said.leftover and not said.typed and any(slot.kind == "unit" for slot in slots):
        _name_unknown_unit(said, slots, setting.lexicon)
    for slot in _required(slots):
        if slot.name not in values and slot.unless not in values:
            said.missing = slot
            break
    return said


def _name_unknown_unit(said: Arguments, slots: Sequence[Slot], lexicon: Lexicon) -> None:
    """Where a unit is all that can be said, what is left was meant as one."""
    left = said.leftover
    if not left.isalnum() or len(left) > 12 or any(slot.kind in _NAMED for slot in slots):
        return
    near = next(aliases_in(fold(left), lexicon), None)
    unit = lexicon.places[near[0]][0].unit if near else None
    example = lexicon.unit_names.get(unit or "", lexicon.example_unit)
    said.problem = f"部门“{left}”不认识，请写全称，如 {example}。"
    said.typed = near is not None


_NAMED = frozenset({"item", "person", "people", "staff_no", "choice"})
"""Kinds of slots that an unknown word may as well have been meant for."""


def _quoted(said: str) -> str:
    return said if len(said) <= 12 else f"{said[:11]}…"
