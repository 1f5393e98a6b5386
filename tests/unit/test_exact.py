"""No binary float on the way of a point to a reader; only lengths on paper are floats."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import scoring
from scoring.cards import Card, scorecard
from scoring.planusual import usual
from scoring.verdicts import Tallies
from tests.worlds.plan import PLAN, STAFFED, at

ROOT = Path(scoring.__file__).parents[1]
ROOMS = (
    *("appeals", "assessment", "corrections", "duties", "filing", "leads", "months", "office"),
    *("paper", "plans", "records", "reports", "scores", "tasks", "wording"),
)
WAY = ("scoring", "reminders", *(f"commands/{room}" for room in ROOMS))
LENGTHS = {"commands/paper/word.py", "commands/months/workbook.py"}
"""The size of type, the length of a bar and the cell of a table, which are no points of a score."""

ASKED = {"float", "math", "statistics"}


def floats(tree: ast.AST) -> list[int]:
    """The lines that write a binary float or call for one."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id in ASKED)
    ]


def test_nothing_on_the_way_writes_or_asks_for_a_float() -> None:
    assert floats(ast.parse("share = 0.5")) == floats(ast.parse("float(points)")) == [1]
    assert floats(ast.parse("math.floor(points)")) == [1]
    seen = 0
    for folder in WAY:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in LENGTHS:
                assert floats(ast.parse(path.read_text("utf-8"))) == [], name
                seen += 1
    assert seen > 150


def test_every_number_of_a_card_and_of_a_plan_is_exact() -> None:
    for unit in PLAN.scored_units:
        card = scorecard(PLAN, unit, Tallies([]), STAFFED, at("06-01"))
        parts: list[object] = [card.points, card.max, card.lost, card.open, card.winnable]
        parts += [one.points for one in card.verdicts if one.points is not None]
        assert all(type(part) is Decimal for part in parts)
        assert isinstance(card, Card)
    for item in PLAN.items:
        for term in item.terms.values():
            assert not _has_float(term.value), item.code
    assert not _has_float(usual())


def _has_float(found: object) -> bool:
    if isinstance(found, dict):
        return any(map(_has_float, found.values()))
    if isinstance(found, (list, tuple)):
        return any(map(_has_float, found))
    assert not isinstance(found, complex)
    return isinstance(found, float) and not isinstance(found, Fraction)
