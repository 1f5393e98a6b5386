"""The month's ranking as a picture."""

from decimal import Decimal

from commands.months.outline import month_words, ranked
from commands.months.report import Report, Sheet
from commands.paper.blocks import shown
from commands.paper.chart import Bar, Picture, draw
from commands.wording.formats import percent
from commands.wording.sentences import say
from commands.wording.terms import groups_of

COLOURS = {"系部": "#2F6DB5", "有号职能部门": "#3A8F6B", "其他": "#B7791F", "两院": "#8E4EA8"}
PLAIN = "#2F6DB5"
"""The colour of a group of another school."""


def ranking(report: Report) -> Picture:
    """The month's picture."""
    note = say("document.chart_note")
    return draw(say("document.chart", **month_words(report)), note, groups(report))


def groups(sheet: Sheet) -> list[tuple[str, list[Bar]]]:
    """The units of each group by rate, then the school."""
    found = [
        (
            group,
            [
                bar(f"{place} {row.unit}", row.points, row.max, COLOURS.get(group, PLAIN))
                for place, row in ranked(sheet, group)
            ],
        )
        for group in groups_of(row.group for row in sheet.units)
    ]
    school = sheet.school
    return [
        *found,
        (school.group, [bar(school.unit, school.points, school.max, COLOURS["两院"])]),
    ]


def bar(name: str, points: Decimal | None, most: Decimal, colour: str) -> Bar:
    """Points out of a maximum as a bar; empty below zero and full above the maximum."""
    rate = points / most if most and points is not None else None
    return Bar(
        name=name,
        value=f"{shown(points)}/{shown(most)}　{percent(rate)}",
        share=min(Decimal(1), max(Decimal(0), rate or Decimal(0))),
        colour=colour,
    )
