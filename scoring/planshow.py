"""A plan as people read it: every number with its clause, and whether the reading is ours.

Plain lines: the Chinese column first, padded with U+3000 (walkthrough, style rule 12).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.plan import Item, Obligation, Plan, Quota, Source, Term, Unit
from scoring.planterms import CELLS, ITEMS, OBLIGATIONS, Shape
from scoring.words import say

_WEEKDAYS = "一二三四五六日"


def show(plan: Plan) -> str:
    """The whole plan as a Chinese listing."""
    parts = (
        _head(plan),
        [say("listing.units_title"), *_units(plan)],
        [say("listing.rows_title"), *_rows(plan)],
        [say("listing.items_title"), *_items(plan)],
        [say("listing.obligations_title"), *_obligations(plan)],
        [say("listing.deadlines_title"), *_deadlines(plan)],
        [say("listing.kinds_title"), *_kinds(plan)],
        [say("listing.readings_title"), *_readings(plan)],
    )
    return "\n\n".join("\n".join(lines) for lines in parts)


def _head(plan: Plan) -> list[str]:
    since, where = _value(plan.effective_from), _where(plan.effective_source)
    most = _value(sum((item.max for item in plan.items), Decimal(0)))
    majors = [say("listing.majors_of_no_unit", majors=_listed(plan.majors))] if plan.majors else []
    return [
        say(
            "listing.plan",
            title=plan.title,
            document=plan.document,
            plan=plan.id,
            year=plan.year,
        ),
        say("listing.since", day=since, where=where),
        say("listing.schools", schools=_listed(plan.schools)),
        say("listing.total", points=most),
        *majors,
        say("listing.platforms", platforms=_listed(plan.words["platforms"])),
        say("listing.minor_hints", words=_listed(plan.words["minor_hints"])),
    ]


def _units(plan: Plan) -> list[str]:
    names = _column(unit.name for unit in plan.units)
    groups = _column(unit.group for unit in plan.units)
    lines = []
    for unit in plan.units:
        most = sum((item.max for item in plan.items if unit.code in item.units), Decimal(0))
        sentence = "listing.unit" if unit.scored else "listing.unit_without_card"
        name, group = names[unit.name], groups[unit.group]
        lines.append(say(sentence, unit=name, group=group, points=_value(most)))
        lines.append(say("listing.aliases", aliases=_listed(unit.aliases)))
        if unit.majors:
            lines.append(say("listing.majors", majors=_listed(unit.majors)))
        if sharers := [code for code in plan.sharers.get(unit.code, ()) if code != unit.code]:
            others = _listed(plan.by_code[code].name for code in sharers)
            lines.append(say("listing.account_shared", others=others))
        elif unit.account:
            lines.append(say("listing.account"))
    return lines


def _rows(plan: Plan) -> list[str]:
    lines = []
    for unit in plan.units:
        if unit.quotas:
            lines.append(unit.name)
            lines += [_cell(CELLS[task], quota) for task, quota in unit.quotas.items()]
            lines += _views(unit)
    return lines


def _cell(label: str, quota: Quota) -> str:
    asked = say(f"asked.{quota.per}", due=quota.due) if quota.due else say("asked.freely")
    return _cell_line(label, quota.written, asked, quota.source)


def _views(unit: Unit) -> list[str]:
    if not unit.views:
        return []
    least = unit.views.least
    asked = say("asked.views", least=least) if least else say("asked.freely")
    return [_cell_line(CELLS["views"], unit.views.written, asked, unit.views.source)]


def _cell_line(label: str, written: str, asked: str, source: Source) -> str:
    return say(
        "listing.cell",
        label=label,
        cell=written or say("listing.blank"),
        asked=say("asked.nothing") if written == "/" else asked,
        where=_where(source),
    )


def _items(plan: Plan) -> list[str]:
    words = _column(item.word for item in plan.items)
    lines = []
    for item in plan.items:
        where = _clause(item.clause, item.convention)
        lines.append(say("listing.item", word=words[item.word], max=_value(item.max), where=where))
        lines.append(say("listing.units", units=_who(plan, item)))
        lines += _terms(item.terms, ITEMS[item.code])
        lines.append(say("listing.readings", readings=" ".join(item.readings)))
    return lines


def _obligations(plan: Plan) -> list[str]:
    words = _column(duty.word for duty in plan.obligations)
    lines = []
    for duty in plan.obligations:
        lines.append(say("listing.obligation", word=words[duty.word], clause=duty.clause))
        lines.append(say("listing.units", units=_who(plan, duty)))
        lines += _terms(duty.terms, OBLIGATIONS[duty.code])
    return lines


def _terms(terms: Mapping[str, Term], shapes: Mapping[str, Shape]) -> list[str]:
    return [
        say(
            "listing.term",
            term=shapes[name].says.format(_value(term.value)),
            where=_where(term.source),
        )
        for name, term in terms.items()
    ]


def _who(plan: Plan, owner: Item | Obligation) -> str:
    if not owner.units:
        return say("listing.both_schools")
    if len(owner.units) == len(plan.units):
        return say("listing.all_units")
    if owner.units == {unit.code for unit in plan.scored_units}:
        return say("listing.all_scored")
    return _listed(unit.name for unit in plan.units if unit.code in owner.units)


def _deadlines(plan: Plan) -> list[str]:
    found: list[tuple[date, str, str]] = []
    owners: list[Item | Obligation] = [*plan.items, *plan.obligations]
    for owner in owners:
        for name, term in owner.terms.items():
            if name.endswith("deadline"):
                found.append((term.value, _before(term.value), owner.word))
            elif name == "start":
                when = say("listing.starting", day=_value(term.value))
                found.append((term.value, when, owner.word))
            elif name == "window":
                found.append((term.value[0], _value(term.value), owner.word))
    found.append((plan.last_day, _before(plan.last_day), say("listing.whole_year")))
    return [say("listing.deadline", when=when, word=word) for _, when, word in sorted(found)]


def _before(day: date) -> str:
    return say("listing.before", day=_value(day))


def _kinds(plan: Plan) -> list[str]:
    words = _column(kind.word for kind in plan.kinds.values())
    return [
        say(
            "listing.kind" if kind.deciders else "listing.kind_undecided",
            kind=words[kind.word],
            deciders=_listed(kind.deciders),
            counts=say(f"counts_from.{kind.counts_from}"),
            period=say(f"filed.{kind.period}"),
        )
        for kind in plan.kinds.values()
    ]


def _readings(plan: Plan) -> list[str]:
    return [
        say(
            "listing.reading",
            number=reading.number,
            note=reading.source.note,
            clause=reading.source.clause,
            setting=reading.setting,
            value=_value(reading.value),
        )
        for reading in plan.readings.values()
    ]


def _where(source: Source) -> str:
    clause = _clause(source.clause, source.convention)
    return say("listing.noted", clause=clause, note=source.note) if source.note else clause


def _clause(clause: str, convention: str | None) -> str:
    if convention is None:
        return clause
    return say("listing.convention", clause=clause, convention=convention)


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)


def _column(words: Iterable[str]) -> dict[str, str]:
    """Each word padded with U+3000 to the length of the longest."""
    found = list(words)
    width = max(map(len, found), default=0)
    return {word: word.ljust(width, "\u3000") for word in found}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return say("listing.yes" if value else "listing.no")
    if isinstance(value, Fraction):
        return f"{_value(Decimal((value * 1_000_000).numerator) / 10_000)}%"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        weekday = _WEEKDAYS[value.weekday()]
        return say("listing.day", month=value.month, day=value.day, weekday=weekday)
    if isinstance(value, tuple) and isinstance(value[0], date):
        return say("listing.days", first=_value(value[0]), last=_value(value[1]))
    if isinstance(value, tuple):
        rungs = ((_value(floor), _value(worth)) for floor, worth in value)
        return "，".join(say("listing.band", floor=floor, points=worth) for floor, worth in rungs)
    return str(value)
