"""A plan as people read it: every number with its clause, and whether the reading is ours.

Plain lines: the Chinese column first, padded with U+3000 (walkthrough, style rule 12).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.plan import (
    Item,
    Kind,
    Obligation,
    Plan,
    Quota,
    Reading,
    Rhythm,
    Source,
    Term,
    Threshold,
    Unit,
)
from scoring.planchecks import totals
from scoring.planterms import CELLS, ITEMS, OBLIGATIONS, Shape
from scoring.switches import SWITCHES, word
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
        [say("listing.rhythm_title"), *_rhythm(plan)],
        [say("listing.readings_title"), *_readings(plan)],
    )
    return "\n\n".join("\n".join(lines) for lines in parts)


def _head(plan: Plan) -> list[str]:
    since, where = worded(plan.effective_from), where_from(plan.effective_source)
    majors = [say("listing.majors_of_no_unit", majors=listed(plan.majors))] if plan.majors else []
    return [
        say(
            "listing.plan",
            title=plan.title,
            document=plan.document,
            plan=plan.id,
            year=plan.year,
        ),
        say("listing.since", day=since, where=where),
        say("listing.schools", schools=listed(plan.schools)),
        say("listing.total", points=worded(totals(plan)["points"])),
        *majors,
        say("listing.platforms", platforms=listed(plan.words["platforms"])),
        say("listing.minor_hints", words=listed(plan.words["minor_hints"])),
    ]


def _units(plan: Plan) -> list[str]:
    names = _column(unit.name for unit in plan.units)
    groups = _column(unit.group for unit in plan.units)
    lines = []
    for unit in plan.units:
        most = sum((item.max for item in plan.items if unit.code in item.units), Decimal(0))
        sentence = "listing.unit" if unit.scored else "listing.unit_without_card"
        name, group = names[unit.name], groups[unit.group]
        lines.append(say(sentence, unit=name, group=group, points=worded(most)))
        lines.append(say("listing.aliases", aliases=listed(unit.aliases)))
        if unit.majors:
            lines.append(say("listing.majors", majors=listed(unit.majors)))
        if sharers := [code for code in plan.sharers.get(unit.code, ()) if code != unit.code]:
            others = listed(plan.by_code[code].name for code in sharers)
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
    return [*lines, _asked_in_all(plan)]


def _asked_in_all(plan: Plan) -> str:
    """What the rows of 附件2 ask for together."""
    sums = totals(plan)
    return say("listing.asked_in_all", news=sums["news"], articles=sums["soft_articles"])


def _cell(label: str, quota: Quota) -> str:
    return say("listing.cell", label=label, says=cell_words(quota), where=where_from(quota.source))


def cell_words(quota: Quota) -> str:
    """A cell of 附件2 as printed and as read."""
    return _written_and_asked(quota.written, asked_words(quota))


def asked_words(quota: Quota) -> str:
    """What a cell of 附件2 asks for in a week or a month."""
    asked = say(f"asked.{quota.per}", due=quota.due) if quota.due else say("asked.freely")
    return asked + (say("asked.above") if quota.above else "")


def _views(unit: Unit) -> list[str]:
    if not unit.views:
        return []
    says, where = views_words(unit.views), where_from(unit.views.source)
    return [say("listing.cell", label=CELLS["views"], says=says, where=where)]


def views_words(views: Threshold) -> str:
    """The cell of views, as printed and as read."""
    asked = say("asked.views", least=views.least) if views.least else say("asked.freely")
    return _written_and_asked(views.written, asked)


def _written_and_asked(written: str, asked: str) -> str:
    return say(
        "listing.cell_says",
        cell=written or say("listing.blank"),
        asked=say("asked.nothing") if written == "/" else asked,
    )


def _items(plan: Plan) -> list[str]:
    words = _column(item.word for item in plan.items)
    lines = []
    for item in plan.items:
        where = _clause(item.clause, item.convention)
        lines.append(say("listing.item", word=words[item.word], max=worded(item.max), where=where))
        lines.append(say("listing.units", units=who(plan, item)))
        lines += _terms(item.terms, ITEMS[item.code])
        lines.append(say("listing.readings", readings=" ".join(item.readings)))
    return lines


def _obligations(plan: Plan) -> list[str]:
    words = _column(duty.word for duty in plan.obligations)
    lines = []
    for duty in plan.obligations:
        lines.append(say("listing.obligation", word=words[duty.word], clause=duty.clause))
        lines.append(say("listing.units", units=who(plan, duty)))
        lines += _terms(duty.terms, OBLIGATIONS[duty.code])
    return lines


def _terms(terms: Mapping[str, Term], shapes: Mapping[str, Shape]) -> list[str]:
    return [
        say("listing.term", term=words, where=where_from(term.source))
        for words, term in zip(term_words(terms, shapes), terms.values(), strict=True)
    ]


def term_words(terms: Mapping[str, Term], shapes: Mapping[str, Shape]) -> list[str]:
    """Each number of an item or a task in words."""
    return [shapes[name].says.format(worded(term.value)) for name, term in terms.items()]


def who(plan: Plan, owner: Item | Obligation) -> str:
    """The units that an item or a task is asked of."""
    if not owner.units:
        return say("listing.both_schools")
    if len(owner.units) == len(plan.units):
        return say("listing.all_units")
    if owner.units == {unit.code for unit in plan.scored_units}:
        return say("listing.all_scored")
    return listed(unit.name for unit in plan.units if unit.code in owner.units)


def _deadlines(plan: Plan) -> list[str]:
    found: list[tuple[date, str, str]] = []
    owners: list[Item | Obligation] = [*plan.items, *plan.obligations]
    for owner in owners:
        for name, term in owner.terms.items():
            if name.endswith("deadline"):
                found.append((term.value, _before(term.value), owner.word))
            elif name == "start":
                when = say("listing.starting", day=worded(term.value))
                found.append((term.value, when, owner.word))
            elif name == "window":
                found.append((term.value[0], worded(term.value), owner.word))
    found.append((plan.last_day, _before(plan.last_day), say("listing.whole_year")))
    return [say("listing.deadline", when=when, word=word) for _, when, word in sorted(found)]


def _before(day: date) -> str:
    return say("listing.before", day=worded(day))


def _kinds(plan: Plan) -> list[str]:
    words = _column(kind.word for kind in plan.kinds.values())
    return [
        say("listing.kind", kind=words[kind.word], says=kind_words(kind))
        for kind in plan.kinds.values()
    ]


def kind_words(kind: Kind) -> str:
    """Who decides on a kind, and where it counts."""
    return say(
        "listing.kind_says" if kind.deciders else "listing.kind_undecided",
        deciders=listed(kind.deciders),
        counts=say(f"counts_from.{kind.counts_from}"),
        period=say(f"filed.{kind.period}"),
    )


_RHYTHM_BY = {"views_after": "A41", "reports": "A48"}
"""Which days a reading of the document gives; the others are our own arrangement."""


def _rhythm(plan: Plan) -> Iterator[str]:
    for name, says in {**rhythm_words(plan.rhythm), "breaks": breaks_words(plan)}.items():
        reading = plan.readings.get(_RHYTHM_BY.get(name, ""))
        where = say("listing.arranged")
        if reading is not None:
            where = _clause(reading.source.clause, reading.number)
        yield say("listing.rhythm", says=says, where=where)


def rhythm_words(rhythm: Rhythm) -> dict[str, str]:
    """The days and hours of reminders and reports, by their names in the file."""
    evening, morning = (_clock(second) for second in rhythm.quiet)
    digest = {"day": _WEEKDAYS[rhythm.digest_day], "at": _clock(rhythm.digest_at)}
    days = {"draft": rhythm.draft, "objections": rhythm.objections, "freeze": rhythm.freeze}
    return {
        "before": say("rhythm.before", days=listed(map(str, rhythm.before))),
        "before_second": say("rhythm.before_second", days=listed(map(str, rhythm.before_second))),
        "heads_from": say("rhythm.heads_from", days=rhythm.heads_from),
        "digest": say("rhythm.digest", **digest),
        "quiet": say("rhythm.quiet", evening=evening, morning=morning),
        "views_after": say("rhythm.views_after", days=rhythm.views_after),
        "reports": say("rhythm.reports", **days),
    }


def breaks_words(plan: Plan) -> str:
    """The usual winter and summer break."""
    return say("rhythm.breaks", days=listed(map(worded, plan.breaks)))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _readings(plan: Plan) -> list[str]:
    return [
        say(
            "listing.reading",
            number=reading.number,
            note=reading.source.note,
            clause=reading.source.clause,
            setting=reading.setting,
            value=read_as(reading),
        )
        for reading in plan.readings.values()
    ]


def read_as(reading: Reading) -> str:
    """The value of a reading as people call it."""
    if reading.number in SWITCHES:
        return word(reading.number, reading.value)
    return worded(reading.value)


def where_from(source: Source) -> str:
    """The clause of a value, with its convention and note."""
    clause = _clause(source.clause, source.convention)
    return say("listing.noted", clause=clause, note=source.note) if source.note else clause


def _clause(clause: str, convention: str | None) -> str:
    if convention is None:
        return clause
    return say("listing.convention", clause=clause, convention=convention)


def listed(words: Iterable[str]) -> str:
    """Words as people list them."""
    return "、".join(words)


def _column(words: Iterable[str]) -> dict[str, str]:
    """Each word padded with U+3000 to the length of the longest."""
    found = list(words)
    width = max(map(len, found), default=0)
    return {word: word.ljust(width, "\u3000") for word in found}


def worded(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return say("listing.yes" if value else "listing.no")
    if isinstance(value, Fraction):
        return f"{worded(Decimal((value * 1_000_000).numerator) / 10_000)}%"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        weekday = _WEEKDAYS[value.weekday()]
        return say("listing.day", month=value.month, day=value.day, weekday=weekday)
    if isinstance(value, tuple) and isinstance(value[0], date):
        return say("listing.days", first=worded(value[0]), last=worded(value[1]))
    if isinstance(value, tuple):
        rungs = ((worded(floor), worded(worth)) for floor, worth in value)
        return "，".join(say("listing.band", floor=floor, points=worth) for floor, worth in rungs)
    return str(value)
