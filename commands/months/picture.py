"""The month's ranking as a picture."""

from decimal import Decimal

from commands.months.places import month_words, ranked
from commands.months.report import Item, Report, Row, Sheet
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
    head, note = say("document.chart", **month_words(report)), say("document.chart_note")
    return draw(head, note, groups(report), keys())


def keys() -> tuple[str, str]:
    """What the two parts of a bar behind the points are."""
    return say("document.chart_lost"), say("document.chart_open")


def groups(sheet: Sheet) -> list[tuple[str, list[Bar]]]:
    """The units of each group by rate, then the school."""
    found = [
        (
            group,
            [
                bar(f"{place} {row.unit}", row, COLOURS.get(group, PLAIN))
                for place, row in ranked(sheet, group)
            ],
        )
        for group in groups_of(row.group for row in sheet.units)
    ]
    school = sheet.school
    return [
        *found,
        (school.group, [bar(school.unit, school, COLOURS["两院"])]),
    ]


def bar(name: str, parts: Row | Item, colour: str) -> Bar:
    """Points out of a maximum as a bar, with what is lost behind them; empty below zero and full
    above the maximum."""
    points, most = parts.points, parts.max
    rate = points / most if most and points is not None else None
    share = _within(rate or Decimal(0))
    lost = _within(parts.lost / most) if most else Decimal(0)
    return Bar(
        name=name,
        value=f"{shown(points)}/{shown(most)}",
        rate=percent(rate),
        share=share,
        lost=min(lost, 1 - share),
        colour=colour,
    )


def _within(share: Decimal) -> Decimal:
    return min(Decimal(1), max(Decimal(0), share))
