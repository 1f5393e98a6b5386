"""What somebody may want, and what they named: words of `wishes.toml` and things of the school.

Pure, and short: a text of more than MOST characters beside its links is no wish. Nothing is
decided here; a wish only becomes a line, a question or a sentence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from commands.ear import spelling
from commands.ear.wishes import FILLER, Vocabulary, Wish, words_in
from commands.grammar import links
from commands.grammar.by_word import aliases_in
from commands.grammar.days import find_when
from commands.grammar.folding import Spoken
from commands.grammar.line import Setting
from commands.grammar.phones import find_phone
from commands.grammar.quantities import chinese_number, find_weeks, marked_numbers
from commands.grammar.unclear import Unclear
from scoring.values import frozen

MOST = 160
"""Most characters of a wish, its links aside."""

NOTICE = frozenset({"notice", "heading"})
"""Ideas of what is read out to everybody, and asks nothing of us."""

ELSEWHERE = frozenset({"elsewhere"})
"""Ideas of other business, unless something of ours is named."""

OURS = frozenset({"@link", "@titled", "@number", "@phone", "@quoted", "@item"})

UNSAID = frozenset({"unsaid", "later", "reported", "theirs"})
"""Ideas of what is denied, put off, told of somebody else, or only may come: nothing is done for
it, so only a wish that asks for such an idea is meant."""

UNEXPLAINED = 0.34
"""The part of a text that may say nothing to us while its wish is still plain."""


@frozen
class Heard:
    """`wishes`: best first. `named`: what was named, by the slot it fills, as written. `plain`:
    nearly every word was understood; `left`: how many characters were not; `sure`: the ideas of
    phrases of which every word was understood."""

    text: str
    ideas: frozenset[str]
    wishes: tuple[Wish, ...]
    named: Mapping[str, str]
    plain: bool
    left: int
    sure: frozenset[str]


@dataclass(slots=True)
class _Piece:
    """A part of the text that was recognised: its `ideas`, or the `slot` that it fills."""

    start: int
    end: int
    ideas: frozenset[str]
    slot: str = ""
    value: str = ""


@dataclass(slots=True)
class _Text:
    text: str
    copy: str
    quote: str
    pieces: list[_Piece] = field(default_factory=list)


def listen(
    said: Spoken, setting: Setting, known: Vocabulary, roles: frozenset[str]
) -> Heard | None:
    """What a text may want; None if it is too long for a wish or nothing in it is known."""
    text, copy = said.text, spelling.simplified(said.copy)
    spans = list(links.spans(text, copy)) if "." in copy or ":" in copy else []
    if len(copy) - sum(end - start for start, end in spans) > MOST:
        return None
    first = _heard(_read(text, copy, said.quote, setting, known), known, roles)
    if first is not None and first.plain and first.wishes:
        return first
    second = _heard(_respelled(text, copy, said.quote, setting, known), known, roles)
    return second if second is not None and _better(second, first) else first


def _better(second: Heard, first: Heard | None) -> bool:
    if first is None or not first.wishes:
        return bool(second.wishes)
    return second.plain and bool(second.wishes)


def _respelled(text: str, copy: str, quote: str, setting: Setting, known: Vocabulary) -> _Text:
    """The text read with pinyin as characters and homophones put right."""
    if next(links.spans(text, copy), None) is None:
        written = spelling.from_latin(copy, known.sounds, known.latin)
        text, copy = (written, written) if written != copy else (text, copy)
    read = _read(text, copy, quote, setting, known)
    taken = [(one.start, one.end) for one in read.pieces if one.slot or one.end - one.start > 1]
    heard = spelling.by_ear(copy, known.sounds, taken)
    return read if heard == copy else _read(text, heard, quote, setting, known)


# --- what is named ------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?P<mark>#|第|任务 ?#?|编号 ?)?(?P<a>[0-9]{1,6})(?:[ ]?[-~到至][ ]?#?(?P<b>[0-9]{1,6}))?"
    r"(?P<tail>条|号(?!码))?(?![0-9a-z.%万千百十分周月日年])"
)
_SAID_NUMBER = re.compile(
    r"(?<![月零一二两三四五六七八九十百])(?P<a>[零一二两三四五六七八九十百]{1,5})号(?!码)"
)
_COUNT = re.compile(
    r"[0-9][0-9,]*(?:\.[0-9]+)?[ ]?[万千w](?![a-z])|[零一二两三四五六七八九十百千万]{2,}|[0-9]{1,7}"
)
_CLASS = re.compile(r"[\u4e00-\u9fff]{1,6}[0-9]{2,5}")


def _read(text: str, copy: str, quote: str, setting: Setting, known: Vocabulary) -> _Text:
    read = _Text(text, copy, quote)
    pieces = sorted(_pieces(text, copy, setting, known), key=lambda one: (one.start, -one.end))
    at = 0
    for piece in pieces:
        if piece.start >= at:
            read.pieces.append(piece)
            at = piece.end
        elif read.pieces and (piece.start, piece.end) == (read.pieces[-1].start, at):
            last = read.pieces[-1]
            last.ideas |= piece.ideas
            if not last.slot:
                last.slot, last.value = piece.slot, piece.value
    return read


def _pieces(text: str, copy: str, setting: Setting, known: Vocabulary) -> Iterator[_Piece]:
    free = copy
    for start, end in links.spans(text, copy) if "." in copy or ":" in copy else ():
        yield _named("link", text, start, end)
        free = free[:start] + "\x00" * (end - start) + free[end:]
    if (phone := find_phone(free)) is not None:
        yield _Piece(phone[1], phone[2], frozenset({"@phone"}), "phone", phone[0])
        free = free[: phone[1]] + "\x00" * (phone[2] - phone[1]) + free[phone[2] :]
    for slot, start, end in _times(free, setting):
        yield _named(slot, text, start, end)
        free = free[:start] + "\x00" * (end - start) + free[end:]
    for start, end in words_in(free):
        yield _Piece(start, end, known.ideas[free[start:end]])
    for found in _TITLE.finditer(free):
        yield _Piece(*found.span(), frozenset({"@titled"}), "titled", found[1])
    for idea, shape in known.shapes:
        for found in shape.finditer(free):
            yield _Piece(
                *found.span(), frozenset({idea}), f"{idea}_said", text[slice(*found.span())]
            )
    for _, start, end in aliases_in(free, setting.lexicon):
        yield _named("unit", text, start, end)
    yield from _of_lexicon(text, free, setting)
    yield from _numbers(text, free)


def _numbers(text: str, free: str) -> Iterator[_Piece]:
    for found in _NUMBER.finditer(free):
        slot = "number" if found["mark"] or found["tail"] == "号" else "bare"
        value = f"#{found['a']}-{found['b']}" if found["b"] else f"#{found['a']}"
        start = found.start("a") if (found["mark"] or "").startswith("任务") else found.start()
        yield _Piece(start, found.end(), frozenset({f"@{slot}"}), slot, value)
    for found in _SAID_NUMBER.finditer(free):
        said = chinese_number(found["a"])
        if said:
            yield _Piece(*found.span(), frozenset({"@number"}), "number", f"#{said}")
    for found in _COUNT.finditer(free):
        if not found[0].isdigit():
            yield _named("count", text, *found.span())


def _named(slot: str, text: str, start: int, end: int) -> _Piece:
    return _Piece(start, end, frozenset({f"@{slot}"}), slot, text[start:end])


def _times(copy: str, setting: Setting) -> Iterator[tuple[str, int, int]]:
    try:
        for _, start, end in find_weeks(copy, setting.year)[:1]:
            if "周" in copy[start:end]:
                yield "weeks", start, end
            else:
                yield "month", start, end
        if (when := find_when(copy, setting.year, setting.at, numbered=True)) is not None:
            yield "when", when[1], when[2]
    except Unclear:
        return


def _of_lexicon(text: str, copy: str, setting: Setting) -> Iterator[_Piece]:
    """Classes, items and people by their full names."""
    lexicon = setting.lexicon
    for found in _CLASS.finditer(copy):
        for start in range(found.start(), found.end() - 3):
            if copy[start : found.end()] in lexicon.classes:
                yield _named("class", text, start, found.end())
                break
    for word in lexicon.items:
        start = copy.find(word)
        if start >= 0:
            yield _named("item", text, start, start + len(word))
    for start in range(len(copy)):
        for length in (4, 3, 2):
            if copy[start : start + length] in lexicon.names:
                yield _named("person", text, start, start + length)
                break


# --- what is wanted -----------------------------------------------------------------------


def _heard(read: _Text, known: Vocabulary, roles: frozenset[str]) -> Heard | None:
    ideas = frozenset().union(*(piece.ideas for piece in read.pieces)) - {FILLER}
    if read.quote:
        ideas |= {"@quote"}
        if marked_numbers(read.quote):
            ideas |= {"@quoted"}
    left = sum(map(str.isalnum, _blanked(read)))
    meant = [
        wish
        for wish in (() if _is_not_for_us(ideas) else known.wishes)
        if not (wish.bars & ideas)
        and (not ideas & UNSAID or any(group <= UNSAID for group in wish.needs))
        and all(group & ideas for group in wish.needs)
        and (not wish.roles or wish.roles & roles)
        and not (wish.alone and (left or ideas - frozenset().union(*wish.needs)))
    ]
    meant.sort(key=lambda wish: (-len(wish.needs), wish.order))
    whole = sum(map(str.isalnum, read.copy)) or 1
    if not meant and not ideas:
        return None
    return Heard(
        text=read.text,
        ideas=ideas,
        wishes=tuple(meant),
        named=_slots(read),
        plain=left / whole <= UNEXPLAINED,
        left=left,
        sure=_sure(read),
    )


def _is_not_for_us(ideas: frozenset[str]) -> bool:
    return bool(ideas & NOTICE) or (bool(ideas & ELSEWHERE) and not ideas & OURS)


def _sure(read: _Text) -> frozenset[str]:
    """The ideas said between separators without a word that is not ours."""
    blank, ideas = _blanked(read), frozenset[str]()
    for found in _SEGMENT.finditer(read.copy):
        start, end = found.span()
        if not any(map(str.isalnum, blank[start:end])):
            within = (one.ideas for one in read.pieces if start <= one.start and one.end <= end)
            ideas = ideas.union(*within)
    return ideas


def _blanked(read: _Text) -> str:
    copy = read.copy
    for piece in read.pieces:
        copy = copy[: piece.start] + " " * (piece.end - piece.start) + copy[piece.end :]
    return copy


_JOINED = frozenset({"person", "number", "bare"})


def _slots(read: _Text) -> dict[str, str]:
    """The first of each thing named; of people and numbers all."""
    found: dict[str, str] = {}
    for piece in read.pieces:
        slot = piece.slot
        if not slot:
            continue
        if slot in found and slot in _JOINED:
            found[slot] = f"{found[slot]} {piece.value}"
        else:
            found.setdefault(slot, piece.value)
    found["text"] = _left(read)
    found["reason"], found["cause"] = _reason(read, _APART), _reason(read, _APART | {"unit"})
    found["units"] = "|".join(piece.value for piece in read.pieces if piece.slot == "unit")
    if read.quote:
        quoted = marked_numbers(read.quote)
        if len(quoted) == 1:
            found.setdefault("number", f"#{quoted[0]}")
    return found


_APART = frozenset({"number", "bare", "phone", "when", "weeks", "link"})
"""What is named is no part of a title or a reason."""

_TITLE = re.compile(r"《([^》\n]{1,60})》")
_SEGMENT = re.compile(r"[^\s，,。；;：:！!？?、]+")


def _left(read: _Text) -> str:
    """The words that are nobody's but the speaker's: a title in 《》, else the parts between
    separators that are not mostly ours."""
    titled = _TITLE.search(read.text)
    if titled:
        return titled[1]
    blank, text = _blanked(read), read.text
    for piece in read.pieces:
        if piece.slot in _APART:
            text = text[: piece.start] + " " * (piece.end - piece.start) + text[piece.end :]
    kept: list[str] = []
    for found in _SEGMENT.finditer(read.copy):
        start, end = found.span()
        left = blank[start:end]
        strange = sum(map(str.isalnum, left))
        if strange and strange >= (end - start) * 0.4:
            kept.append(text[start:end].strip())
    return " ".join(kept) or _beside_a_link(read)


SAYING = frozenset({"report", "how", "what", "why", "news", "video", "article", "column", "ppt"})
"""Ideas of what is done with a piece, which its title is not made of."""

SHORTEST_TITLE = 4


DECIDING = frozenset({"appeal", "reject", "resolve", "waive"})
"""Ideas of what is asked for, which its reason is not made of."""


def _reason(read: _Text, apart: frozenset[str]) -> str:
    """Why, in the speaker's words: all but what is asked for and what it is about."""
    text = read.text
    for piece in read.pieces:
        if piece.slot in apart or piece.ideas & DECIDING:
            text = text[: piece.start] + " " * (piece.end - piece.start) + text[piece.end :]
    said = re.sub(r"\s+", " ", text).strip(" ，,。；;：:！!、")
    return re.sub(r" ?([，。；！]) ?", r"\1", said)


def _beside_a_link(read: _Text) -> str:
    """The longest part beside a link that says nothing of what is done with it: a title may be
    made of words of ours (计算机专业介绍)."""
    taken = [piece for piece in read.pieces if piece.slot == "link"]
    if not taken:
        return ""
    told = [piece for piece in read.pieces if piece.slot in _APART or piece.ideas & SAYING]
    free = [
        read.text[found.start() : found.end()]
        for found in _SEGMENT.finditer(read.copy)
        if not any(piece.start < found.end() and found.start() < piece.end for piece in told)
    ]
    best = max(free, key=len, default="")
    return best if len(best) >= SHORTEST_TITLE else ""


def filled(template: str, named: Mapping[str, str]) -> str:
    """A wish's line with what was named in its {slots}; those without a value are left out."""
    values = dict(named)
    bare = values.pop("bare", "").split()
    if "{count}" in template and "count" not in values and bare:
        values["count"] = bare.pop().lstrip("#")  # of two numbers the last is the count
    if marked := values.get("number", "").split() or bare:
        values["number"], values["numbers"] = marked[0], " ".join(marked)
    return " ".join(re.sub(r"\{(\w+)\}", lambda slot: values.get(slot[1], ""), template).split())
