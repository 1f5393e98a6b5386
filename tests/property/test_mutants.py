"""A small fault in the rules, postings, verdicts or periods does not go unnoticed."""

import importlib
import inspect
import random
from collections.abc import Callable

import pytest

from tests.worlds.mutants import Mutant, mutants
from tests.worlds.mutation import unnoticed

MODULES = (
    *("rules", "rules_counts", "rules_leads", "rules_milestones", "rules_videos"),
    *("postings", "verdicts", "periods"),
)
FILES = [
    f"tests/unit/test_{name}.py"
    for name in (
        *("rules_counts", "rules_milestones", "rules_videos", "rules_edges"),
        *("postings", "cards", "duties", "switches", "months"),
    )
]
ENOUGH = 0.95
AT_IMPORT = 12
"""How many of those that take effect at import are tried: each loads everything anew."""


def found() -> list[Mutant]:
    sources = [importlib.import_module(f"scoring.{name}") for name in MODULES]
    return [
        one for module in sources for one in mutants(module.__name__, inspect.getsource(module))
    ]


def test_a_mutant_changes_one_place_and_has_a_name_of_its_own() -> None:
    every = mutants("m", "def f(a):\n    '''Doc.'''\n    return a <= 1 and not a == 2\n")
    assert [one.name for one in every] == [
        "m.f: a <= 1 and (not a == 2) -> a <= 1 or not a == 2",
        "m.f: a <= 1 -> a < 1",
        "m.f: 1 -> 2",
        "m.f: a == 2 -> a != 2",
        "m.f: 2 -> 3",
    ]


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_hardly_a_mutant_goes_unnoticed(figure: Callable[[str], None]) -> None:
    every, draw = found(), random.Random(21)
    assert len(every) == len({one.name for one in every}) > 600
    inner = [one for one in every if one.within]
    outer = draw.sample([one for one in every if not one.within], AT_IMPORT)
    tried = [*inner, *outer]
    left = unnoticed(tried, FILES)
    figure(f"{len(tried)} mutants: {len(tried) - len(left)} noticed")
    assert len(left) <= len(tried) * (1 - ENOUGH), "\n".join(one.name for one in left)
