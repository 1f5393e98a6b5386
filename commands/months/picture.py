"""The month's ranking as a picture."""

from collections.abc import Mapping
from typing import Any

from commands.months.outline import month_words, ranked
from commands.paper.chart import Bar, Picture, bar, draw
from commands.wording.sentences import say
from commands.wording.terms import GROUPS

COLOURS = {"系部": "#2F6DB5", "有号职能部门": "#3A8F6B", "其他": "#B7791F", "两院": "#8E4EA8"}


def ranking(document: Mapping[str, Any]) -> Picture:
    """The month's picture."""
    note = say("document.chart_note")
    return draw(say("document.chart", **month_words(document)), note, groups(document))


def groups(document: Mapping[str, Any]) -> list[tuple[str, list[Bar]]]:
    """The units of each group by rate, the school's row below."""
    found: list[tuple[str, list[Bar]]] = [
        (
            group,
            [
                bar(row, COLOURS[group], name=f"{place} {row['unit']}")
                for place, row in ranked(document, group)
            ],
        )
        for group in GROUPS
    ]
    school = document["school"]
    found.append((school["group"], [bar(school, COLOURS["两院"])]))
    return found
