"""The school's own words: units and majors by alias, people, classes, items, kinds.

Built once for a plan and a roster, then only read. Everything is keyed by its folded form.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from commands.grammar.folding import clean, fold, squeeze
from commands.grammar.links import KIND_WORDS
from commands.wording.formats import short_name
from db.names import plain
from db.people import Person
from scoring.plan import Plan

Units = Callable[[str], str | None]
"""Finds a unit's code by any of its names; None for an unknown name."""

SPOKEN = {
    "幼师": "幼儿教育",
    "幼教": "幼儿教育",
    "学前教育": "幼儿教育",
    "护士": "护理",
    "电脑": "计算机",
}
"""What people call a major -> its name in the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an alias means: a unit, or a major and its unit (None: it has none)."""

    unit: str | None
    major: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """`places`: alias -> what it may mean (if several, the person is asked). `by_head`: the aliases
    by their first character, longest first; `aliases` finds the longest one at each place."""

    places: Mapping[str, tuple[Place, ...]]
    by_head: Mapping[str, tuple[str, ...]]
    aliases: re.Pattern[str]
    unit_names: Mapping[str, str]
    short_names: Mapping[str, str]
    example_unit: str
    items: Mapping[str, str]
    kinds: Mapping[str, str]
    classes: Mapping[str, str]
    names: Mapping[str, tuple[Person, ...]]
    staff: Mapping[str, Person]


def build(plan: Plan | None, people: Iterable[Person]) -> Lexicon:
    """Collect the words of a plan (None: no plan in force, people only) and of a roster."""
    people = tuple(people)
    places = _places(plan) if plan else {}
    by_head: dict[str, list[str]] = {}
    for alias in sorted(places, key=len, reverse=True):
        by_head.setdefault(alias[0], []).append(alias)
    names: dict[str, tuple[Person, ...]] = {}
    for person in people:
        key = plain(person.name)
        names[key] = (*names.get(key, ()), person)
    units = plan.units if plan else ()
    return Lexicon(
        places=places,
        by_head={head: tuple(aliases) for head, aliases in by_head.items()},
        aliases=re.compile(_any_of(places) if places else r"(?!)"),
        unit_names={unit.code: unit.name for unit in units},
        short_names={unit.code: short_name(unit) for unit in units},
        example_unit=next((unit.name for unit in units if unit.group == "系部"), "信息工程系"),
        items={fold(item.word): item.code for item in plan.items} if plan else {},
        kinds=_kinds(plan) if plan else {},
        classes={plain(name): name for person in people for name in person.classes},
        names=names,
        staff={fold(person.staff_no): person for person in people},
    )


def _any_of(words: Iterable[str]) -> str:
    """A pattern of the longest of these words, which looks at each character of a text once per
    word at most: beginnings that words share are shared by the pattern."""
    after: dict[str, list[str]] = {}
    ends = False
    for word in words:
        if word:
            after.setdefault(word[0], []).append(word[1:])
        else:
            ends = True
    if not after:
        return ""
    branches = "|".join(f"{re.escape(head)}{_any_of(tails)}" for head, tails in after.items())
    return f"(?:{branches}){'?' if ends else ''}"


def _places(plan: Plan) -> dict[str, tuple[Place, ...]]:
    places: dict[str, tuple[Place, ...]] = {}

    def add(alias: str, place: Place) -> None:
        key = fold(clean(alias)).strip()
        if len(key) > 1 and place not in places.get(key, ()):
            places[key] = (*places.get(key, ()), place)

    majors = {major: unit.code for unit in plan.units for major in unit.majors}
    homeless = plan.majors
    for unit in plan.units:
        for alias in (unit.name, *unit.aliases, unit.code):
            add(alias, Place(unit=unit.code))
    for major in (*majors, *homeless):
        if fold(major) not in places:
            add(major, Place(unit=majors.get(major), major=major))
    for spoken, major in SPOKEN.items():
        if spoken not in places and (major in majors or major in homeless):
            add(spoken, Place(unit=majors.get(major), major=major))
    return places


def _kinds(plan: Plan) -> dict[str, str]:
    return {kind.word: kind.code for kind in plan.kinds.values() if kind.word in KIND_WORDS}


def units_of(plan: Plan) -> Units:
    """Find a unit's code by its code, name or alias; a major is not a 部门."""
    codes = {
        squeeze(alias).casefold(): unit.code
        for unit in plan.units
        for alias in (unit.code, unit.name, *unit.aliases)
    }
    return lambda text: codes.get(squeeze(text).casefold())
