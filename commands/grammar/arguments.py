"""Read a command's arguments by what they look like, in any order (C6).

Each slot kind has one reader. Readers run in the order of `READERS`; each cuts what it
recognises out of the line, and what remains, verbatim, is the free text. Nothing is guessed:
an ambiguous argument comes back as a problem, with choices where there are any.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from commands.grammar import by_form, by_word
from commands.grammar.folding import clean, fold
from commands.grammar.lexicon import Lexicon
from commands.grammar.line import Reader, Rest, Setting
from commands.grammar.slots import Slot, SlotKind
from commands.grammar.unclear import Unclear
from commands.wording.sentences import say
from scoring.moments import Instant


@dataclass(slots=True, kw_only=True)
class Arguments:
    """The arguments of a line. `missing`: the first required slot without a value. `problem`: one
    sentence about what cannot be read; `choices`: ways to continue, as (label, the arguments
    instead). `leftover`: what no slot took. `typed`: whether anything but free text was found.
    `vague`: the problem may be that these are somebody's own words."""

    values: dict[str, Any] = field(default_factory=dict)
    missing: Slot | None = None
    problem: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    leftover: str = ""
    typed: bool = False
    vague: bool = False


def _text(rest: Rest, slot: Slot) -> str | None:
    said = rest.remainder()
    rest.copy = "\x00" * len(rest.copy)
    return said.removeprefix("姓名").lstrip("：: ") if said.startswith("姓名") else said or None


READERS: dict[SlotKind, Reader] = {
    "reports": by_form.reports,
    "link": by_form.link,
    "phone": by_form.phone,
    "class": by_word.school_class,
    "weeks": by_form.weeks,
    "when": by_form.when,
    "numbers": by_form.numbers,
    "number": by_form.number,
    "count": by_form.count,
    "minutes": by_form.minutes,
    "staff_no": by_form.staff_no,
    "unit": by_word.unit,
    "level": by_word.level,
    "track": by_word.track,
    "person": by_word.person,
    "people": by_word.people,
    "flag": by_word.flag,
    "choice": by_word.choice,
    "item": by_word.item,
    "text": _text,
}
_TURN = {kind: turn for turn, kind in enumerate(READERS)}


@cache
def _in_turn(slots: tuple[Slot, ...]) -> tuple[tuple[Slot, Reader], ...]:
    turns = sorted(slots, key=lambda slot: _TURN[slot.kind])
    return tuple((slot, READERS[slot.kind]) for slot in turns)


@cache
def _is_numbered(slots: tuple[Slot, ...]) -> bool:
    return any(slot.kind in ("number", "numbers") for slot in slots)


@cache
def _required(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    return tuple(slot for slot in slots if slot.required)


def read(slots: tuple[Slot, ...], text: str, lexicon: Lexicon, year: int, at: Instant) -> Arguments:
    """Read the arguments of a command; `year` is the plan's, `at` the day that 今天 means."""
    text = clean(text)
    return read_folded(slots, text, fold(text), Setting(lexicon, year, at))


def read_folded(slots: tuple[Slot, ...], text: str, copy: str, setting: Setting) -> Arguments:
    """`read` for a text that is already clean, with its folded copy."""
    turns = _in_turn(slots)
    free = bool(turns) and turns[-1][0].kind == "text"
    rest = Rest(text, copy, setting, free=free, numbered=_is_numbered(slots))
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
        said.vague = unclear.vague
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
    """Report the leftover as an unknown unit where only a unit can have been meant."""
    left = said.leftover
    if not left.isalnum() or len(left) > 12 or any(slot.kind in _NAMED for slot in slots):
        return
    near = next(by_word.aliases_in(fold(left), lexicon), None)
    unit = lexicon.places[near[0]][0].unit if near else None
    holding = by_word.near(fold(left), lexicon)
    unit = unit or next(iter(holding), None)
    example = lexicon.unit_names.get(unit or "", lexicon.example_unit)
    said.problem = say("unclear.unit", said=left, example=example)
    said.choices = tuple((lexicon.short_names[one], lexicon.unit_names[one]) for one in holding)
    said.typed = unit is not None
    said.vague = True


_NAMED = frozenset({"item", "person", "people", "staff_no", "choice"})
"""Slot kinds that an unknown word could just as well belong to."""
