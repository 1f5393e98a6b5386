"""Readers of arguments recognised by the school's words: levels, units, items, people, classes.

Each is a `commands.grammar.line.Reader`: it returns None where the line has no such argument,
and raises Unclear for one that can mean several things.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice

from commands.grammar.folding import fold
from commands.grammar.lexicon import Lexicon
from commands.grammar.line import Rest
from commands.grammar.quantities import SEPARATORS
from commands.grammar.slots import Slot
from commands.grammar.unclear import Unclear
from commands.wording.formats import cut
from commands.wording.sentences import say
from db.names import plain
from db.people import Person

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


def level(rest: Rest, slot: Slot) -> str | None:
    """The school year, as 初三 or 社会."""
    return _spelled(rest, _LEVEL)


def track(rest: Rest, slot: Slot) -> str | None:
    """中职 or 高职."""
    return _spelled(rest, _TRACK)


def aliases_in(copy: str, lexicon: Lexicon) -> Iterator[tuple[str, int, int]]:
    """Every alias of a unit or major in a copy, the longest at each position."""
    for found in lexicon.aliases.finditer(copy):
        yield found[0], found.start(), found.end()


def unit(rest: Rest, slot: Slot) -> str | None:
    """A unit's code; naming a major also sets `major`. A major of no unit sets only `major`
    (A47)."""
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
            say("unclear.which_unit", said=alias),
            tuple(
                (label, f"{rest.text[:start]}{unit}{rest.text[end:]}") for label, unit in choices
            ),
        )
    rest.take(start, end)
    if meant[0].major:
        rest.values["major"] = meant[0].major
    return meant[0].unit


_AS_UNIT = re.compile(r"(.{2,})(?:系|专业|学院|部|处|办|科|组)")


def named_as_unit(said: str, lexicon: Lexicon) -> str | None:
    """The alias in what people call a unit after it, as 护理系 and 机电专业; None for none."""
    found = _AS_UNIT.fullmatch(said)
    return found[1] if found and found[1] in lexicon.places else None


def near(said: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The codes of the units whose name or alias holds what was said, or begins in it."""
    if len(said) < 2:
        return ()
    return tuple(
        dict.fromkeys(
            place.unit
            for alias, places in lexicon.places.items()
            if said in alias
            for place in places
            if place.unit is not None
        )
    )


def _lone_aliases(rest: Rest) -> Iterator[tuple[str, int, int]]:
    """Aliases that are a whole token, or a token with an item's word behind (机电视频更新)."""
    lexicon = rest.lexicon
    for token in islice(rest.tokens(), _MANY):
        said, start = token[0], token.start()
        if said in lexicon.places:
            yield said, start, token.end()
        elif (major := named_as_unit(said, lexicon)) is not None:
            yield major, start, token.end()
        for alias in lexicon.by_head.get(said[0], ()):
            if said.startswith(alias) and said[len(alias) :] in lexicon.items:
                yield alias, start, start + len(alias)


SHOWN = 12
"""How many characters of what was not understood are quoted back."""

_FEW = 8
"""An item is looked for in this many words at most: no question has more."""

_MANY = 40
"""The same for a unit, a class or a choice, which may stand behind other words."""

_MOST_NAMED = 200
"""People in one line; what follows them is left as text."""


def item(rest: Rest, slot: Slot) -> str | None:
    """An item by its word, or by the only item word that contains what was said."""
    for token in islice(rest.tokens(), _FEW):
        said = token[0]
        codes = {word: code for word, code in rest.lexicon.items.items() if said in word}
        if said in codes or len(codes) == 1:
            rest.take(*token.span())
            return codes[said] if said in codes else next(iter(codes.values()))
        if codes:
            a, b = token.span()
            raise Unclear(
                say("unclear.which_item", said=said),
                tuple((word, f"{rest.text[:a]}{word}{rest.text[b:]}") for word in codes),
            )
    return None


def person(rest: Rest, slot: Slot) -> Person | None:
    """Somebody on the roster, by name or 工号."""
    for token in rest.tokens():
        found = _one_person(rest, token[0], *token.span())
        if found:
            rest.take(*token.span())
            return found
    if slot.required and not rest.free:
        _refuse_unknown_name(rest)
    return None


def people(rest: Rest, slot: Slot) -> tuple[Person, ...] | None:
    """The people named; with `choices` as labels, only those named after a label."""
    named: list[Person] = []
    taken: list[tuple[int, int]] = []
    listening = not slot.choices
    for token in rest.tokens():
        if token[0] in slot.choices:
            listening = True
            taken.append(token.span())
            continue
        found = _several(rest, token) if listening else []
        if found:
            named += found
            taken.append(token.span())
        elif slot.choices and listening:
            break
        if len(taken) >= _MOST_NAMED:
            break
    rest.take_all(taken)
    if slot.required and not rest.free:
        _refuse_unknown_name(rest)
    return tuple(named) or None


_AND = re.compile("[和与及跟]")


def _several(rest: Rest, token: re.Match[str]) -> list[Person]:
    """The person that a word names, or those joined in it, as 李某和王某."""
    one = _one_person(rest, token[0], *token.span())
    if one is not None or not _AND.search(token[0]):
        return [one] if one else []
    start, found = token.start(), []
    for name in _AND.split(token[0]):
        person = _one_person(rest, name, start, start + len(name))
        if person is None:
            return []
        found.append(person)
        start += len(name) + 1
    return found


def _one_person(rest: Rest, said: str, a: int, b: int) -> Person | None:
    if said in rest.lexicon.staff:
        return rest.lexicon.staff[said]
    known = rest.lexicon.names.get(plain(said), ())
    if len(known) > 1:
        short = rest.lexicon.short_names
        raise Unclear(
            say("unclear.which_person", said=rest.text[a:b], total=len(known)),
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
        raise Unclear(say("unclear.nobody", said=cut(said, SHOWN)), vague=True)


_CLASS_LIKE = re.compile(r"[\u4e00-\u9fff]{1,8}[0-9]{2,4}班?(?:\([0-9]+\))?")


def school_class(rest: Rest, slot: Slot) -> str | None:
    """A class by its name on the roster; Unclear for what looks like a class but is not on it."""
    like = None
    for token in rest.tokens():
        said = token[0]
        key = plain(said)
        name = rest.lexicon.classes.get(key) or rest.lexicon.classes.get(key.removesuffix("班"))
        if name:
            rest.take(*token.span())
            return name
        like = like or (token if _CLASS_LIKE.fullmatch(said) else None)
    if like:
        said = rest.text[slice(*like.span())]
        raise Unclear(say("unclear.no_class", said=cut(said, SHOWN)))
    return None


def choice(rest: Rest, slot: Slot) -> str | None:
    """One of `choices`."""
    named = {fold(word): word for word in slot.choices}
    for token in rest.tokens():
        if token[0] in named:
            rest.take(*token.span())
            return named[token[0]]
    return None


def flag(rest: Rest, slot: Slot) -> str | bool | None:
    """True, or the reason in brackets after the flag: 不计 评论（没有评论区）."""
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
