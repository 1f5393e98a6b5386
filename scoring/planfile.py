"""Reads a plan file. All its faults are reported at once, each with line and field.

Nothing in the file is silently ignored: an unknown name, or a reading that this version does not
compute, is a fault just like a missing one.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, get_args

from scoring.plan import (
    Cadence,
    Item,
    Kind,
    Moment,
    Obligation,
    Period,
    Plan,
    Quota,
    Reading,
    Source,
    Term,
    Threshold,
    Unit,
)
from scoring.planchecks import (
    check_accounts,
    check_items,
    check_needs,
    check_totals,
    check_units,
)
from scoring.planlines import Flaw, PlanFault, Sheet, Table
from scoring.planreadings import check_readings, told, value_of
from scoring.planrhythm import breaks, rhythm
from scoring.planshow import show
from scoring.planterms import (
    CADENCE,
    ITEMS,
    KINDS,
    OBLIGATIONS,
    QUOTAS,
    READINGS,
    ROLES,
    SUPPLIED,
    WORDS,
    Shape,
)
from scoring.planusual import usual_table
from scoring.planvalues import (
    cell,
    clause,
    count,
    date_in,
    day,
    flag,
    one_of,
    plan_year,
    points,
    text,
    texts,
    total,
)
from scoring.switching import switched
from scoring.words import say

__all__ = ["Flaw", "PlanFault", "parse", "show"]

T = TypeVar("T")

_PER = one_of(*get_args(Cadence))
_CODE = re.compile(r"[a-z][a-z0-9_]*")


def parse(source: str, name: str) -> Plan:
    """The plan in a file; faults refer to the file as `name`. Raises PlanFault."""
    try:
        return kept(source)
    except PlanFault as fault:
        raise PlanFault(name, fault.said) from None


@lru_cache(maxsize=8)  # to publish a text is to read it again and again
def kept(source: str) -> Plan:
    """The plan of a text, one of the last few that were read."""
    sheet = Sheet("", source)
    plan = _plan(sheet)
    check_units(sheet, plan)
    sheet.settle()  # the checks below would only repeat what is missing above
    check_accounts(sheet, plan)
    check_needs(sheet, plan)
    sheet.settle()
    check_items(sheet, plan)
    check_totals(sheet, plan)
    check_readings(sheet, plan)
    sheet.settle()
    return switched(plan)


# --- values --------------------------------------------------------------------------------


def _number(raw: Any) -> str:
    if not isinstance(raw, str) or raw not in READINGS:
        raise ValueError(say("fault.reading"))
    return raw


def _numbers(raw: Any) -> tuple[str, ...]:
    return tuple(_number(word) for word in texts(raw))


def _convention(raw: Any) -> str | None:
    """None for explicit, else the A-number."""
    if raw == "explicit":
        return None
    word, _, number = raw.partition(" ") if isinstance(raw, str) else ("", "", "")
    if word != "convention":
        raise ValueError(say("fault.basis"))
    if number not in READINGS:
        raise ValueError(say("fault.convention"))
    return number


def _roles(raw: Any) -> tuple[str, ...]:
    roles = texts(raw)
    if strangers := [role for role in roles if role not in ROLES]:
        raise ValueError(say("fault.role", role=strangers[0], roles="、".join(sorted(ROLES))))
    return roles


def _in_year(read: Callable[[Any, int], T], year: int) -> Callable[[Any], T]:
    return lambda raw: read(raw, year)


def _source(table: Table) -> Source:
    convention = table.take("basis", _convention, None)
    return Source(
        clause=table.take("clause", clause, ""),
        basis="convention" if convention else "explicit",
        convention=convention,
        note=table.take("note", text, "", optional=True),
    )


# --- tables -------------------------------------------------------------------------------


def _plan(sheet: Sheet) -> Plan:
    root = sheet.root
    year = root.take("year", plan_year, 2024)
    effective, source = _day_with_source(root.table("effective_from"), year)
    groups: tuple[str, ...] = root.take("groups", texts, ())
    units = _units(root.table("units"), groups)
    select = _selector(units, groups)
    starts = root.take("starts", _in_year(date_in, year), None, optional=True)
    totals = root.table("totals")
    for name in ("points", "news", "soft_articles"):
        totals.take(name, _in_year(total, year), 0)
    totals.close()
    plan = Plan(
        id=root.take("id", text, ""),
        year=year,
        document=root.take("document", text, ""),
        title=root.take("title", text, ""),
        effective_from=max(effective, starts) if starts else effective,
        units=units,
        items=_items(root.table("items"), select, year),
        obligations=_obligations(root.table("obligations"), select, year),
        kinds=_kinds(root.table("kinds"), root.raw.get("items", {})),
        readings=_readings(root.table("readings")),
        words=_words(root.table("words")),
        majors=root.take("majors", texts, ()),
        schools=root.take("schools", texts, ()),
        effective_source=source,
        groups=groups,
        rhythm=rhythm(root.table("reminders"), root.table("reports")),
        breaks=breaks(root.table("calendar", optional=True), year),
        starts=starts,
        in_force_from=root.take("in_force_from", _in_year(day, year), None, optional=True),
    )
    root.close()
    return plan


def _day_with_source(table: Table, year: int) -> tuple[date, Source]:
    value = table.take("is", _in_year(day, year), date(year, 1, 1))
    source = _source(table)
    table.close()
    return value, source


def _units(tables: Table, groups: tuple[str, ...]) -> tuple[Unit, ...]:
    units = []
    for code, table in tables.tables().items():
        if not _CODE.fullmatch(code):
            table.sheet.flaw(table.path, say("fault.unit_code"))
        quotas, views = _quotas(table)
        units.append(
            Unit(
                code=code,
                name=table.take("name", text, code),
                group=table.take("group", one_of(*groups), groups[-1] if groups else ""),
                scored=table.take("scored", flag, True, optional=True),
                aliases=table.take("aliases", texts, ()),
                majors=table.take("majors", texts, (), optional=True),
                account=table.take("account", text, None, optional=True),
                quotas=quotas,
                views=views,
            )
        )
        table.close()
    return tuple(units)


def _quotas(unit: Table) -> tuple[dict[str, Quota], Threshold | None]:
    """A unit's row of 附件2: all of its cells, or none for a unit without a row."""
    if "quotas" not in unit.raw:
        unit.known.add("quotas")
        return {}, None
    row = unit.table("quotas")
    quotas = {task: _quota(row.table(task), task) for task in QUOTAS}
    views = row.table("views")
    written, least = _cell_and_due(views)
    threshold = Threshold(written=written, least=least, source=_source(views))
    views.close()
    row.close()
    return quotas, threshold


def _quota(table: Table, task: str) -> Quota:
    written, due = _cell_and_due(table)
    per: Cadence = table.take("per", _PER, CADENCE[task], optional=True)
    above = table.take("above", flag, False, optional=True)
    source = _source(table)
    table.close()
    return Quota(task=task, written=written, due=due, per=per, source=source, above=above)


def _cell_and_due(table: Table) -> tuple[str, int | None]:
    """The cell as printed and how it is read; a plain figure and "/" leave no choice."""
    written = table.take("cell", cell, "/")
    due: int | None = table.take("due", _in_year(count, 0), None, optional=True)
    if written == "/" and due is not None:
        table.sheet.flaw(table.at("due"), say("fault.due_of_slash"))
    figure = re.fullmatch(r"([0-9]+)|≥([0-9]+)/[周月]", written)
    if figure and (figure[1] or table.raw.get("basis") == "explicit"):
        asked = int(figure[1] or figure[2])
        if due != asked:
            said = say("fault.due_of_figure", cell=written, due=asked)
            table.sheet.flaw(table.at("due"), said)
    if written == "" and table.raw.get("basis") == "explicit":
        table.sheet.flaw(table.at("basis"), say("fault.basis_of_blank"))
    return written, due


Select = Callable[[Any], frozenset[str]]


def _selector(units: tuple[Unit, ...], groups: tuple[str, ...]) -> Select:
    """A reader of lists of unit codes and the sets @all, @scored, @accounts, and @ with a group."""
    sets = {
        "@all": frozenset(unit.code for unit in units),
        "@scored": frozenset(unit.code for unit in units if unit.scored),
        "@accounts": frozenset(unit.code for unit in units if unit.account),
    } | {
        f"@{group}": frozenset(unit.code for unit in units if unit.group == group)
        for group in groups
    }

    def read(raw: Any) -> frozenset[str]:
        chosen: frozenset[str] = frozenset()
        for word in texts(raw):
            if word not in sets and word not in sets["@all"]:
                raise ValueError(say("fault.unknown_unit", unit=word))
            chosen |= sets.get(word, frozenset({word}))
        return chosen

    return read


def _items(tables: Table, select: Select, year: int) -> tuple[Item, ...]:
    items = []
    for code, shapes in ITEMS.items():
        table = tables.table(code, optional=True)
        if code not in tables.raw:
            continue
        items.append(
            Item(
                code=code,
                word=table.take("word", text, code),
                clause=table.take("clause", clause, ""),
                max=table.take("max", _in_year(points, year), Decimal(0)),
                units=table.take("units", select, frozenset()),
                convention=table.take("convention", _number, None, optional=True),
                readings=table.take("readings", _numbers, ()),
                terms=_terms(table, code, shapes, year),
            )
        )
        table.close()
    tables.close()
    return tuple(items)


def _obligations(tables: Table, select: Select, year: int) -> tuple[Obligation, ...]:
    obligations = []
    for code, shapes in OBLIGATIONS.items():
        table = tables.table(code, optional=True)
        if code not in tables.raw:
            continue
        obligations.append(
            Obligation(
                code=code,
                word=table.take("word", text, code),
                clause=table.take("clause", clause, ""),
                units=table.take("units", select, frozenset()),
                terms=_terms(table, code, shapes, year),
            )
        )
        table.close()
    tables.close()
    return tuple(obligations)


def _terms(owner: Table, code: str, shapes: Mapping[str, Shape], year: int) -> dict[str, Term]:
    tables = owner.table("terms", optional=not shapes)
    terms = {}
    for name, shape in shapes.items():
        if shape.optional and name not in tables.raw:
            tables.raw[name] = usual_table("items", code, "terms")[name]
        table = tables.table(name)
        if name not in tables.raw:
            continue
        value = table.take("is", _in_year(shape.read, year), None)
        terms[name] = Term(value=value, source=_source(table))
        table.close()
    tables.close()
    return terms


def _kinds(tables: Table, items: Any) -> dict[str, Kind]:
    kinds = {}
    tables.known |= KINDS
    for code, item in SUPPLIED.items():
        if item in items:
            tables.raw.setdefault(code, usual_table("kinds")[code])
    for code in tables.raw:
        if code not in KINDS:
            continue
        table = tables.table(code)
        kinds[code] = Kind(
            code=code,
            word=table.take("word", text, code),
            deciders=table.take("deciders", _roles, ()),
            counts_from=table.take("counts_from", one_of(*get_args(Moment)), "submitted"),
            period=table.take("period", one_of(*get_args(Period)), "day"),
        )
        table.close()
    tables.close()
    return kinds


def _readings(tables: Table) -> dict[str, Reading]:
    readings = {}
    for number, (setting, value) in READINGS.items():
        table = tables.table(number)
        if number not in tables.raw:
            continue
        readings[number] = Reading(
            number=number,
            setting=table.take("setting", one_of(setting), setting),
            value=table.take("is", value_of(number, value), value),
            source=_source(table),
        )
        if readings[number].source.convention not in {None, number}:
            table.sheet.flaw(table.at("basis"), say("fault.own_convention", number=number))
        readings[number] = told(readings[number])
        table.close()
    tables.close()
    return readings


def _words(table: Table) -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for name in sorted(WORDS):
        words[name] = table.take(name, texts, ())
    table.close()
    return words
