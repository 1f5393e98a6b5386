"""Files made to be slow or large are refused with a sentence, soon; strange ones are read."""

from collections.abc import Iterator
from time import perf_counter

import pytest

from bot.services.limited import Limited
from commands.roster.opening import OPENER, Read
from db import plans
from scoring.errors import UserError
from tests.security.hostile_files import Hostile, oddities, texts, workbooks

SOON = 12.0
"""Seconds, of which the process may take two to start."""

PLAN = plans.shipped()[-1]


@pytest.fixture(scope="module")
def limited() -> Iterator[Limited]:
    found = Limited()
    yield found
    found.close()


def read(limited: Limited, file: Hostile) -> tuple[Read | None, str]:
    """What the roster command would get of a file, or the sentence of a limit."""
    data = file.make()
    assert len(data) <= 5 * 1024 * 1024
    began = perf_counter()
    try:
        found: Read | None = OPENER.value(limited.call(OPENER.read, file.name, data, PLAN, 0))
    except UserError as why:
        found, said = None, str(why)
    else:
        said = "；".join(fault.reason for fault in found.roster.faults)
    assert perf_counter() - began < SOON
    return found, said


@pytest.mark.parametrize("file", [*workbooks(), *texts()], ids=str)
def test_a_hostile_file_is_refused_soon_and_with_a_sentence(
    limited: Limited, file: Hostile
) -> None:
    found, said = read(limited, file)
    assert found is None or not found.roster.rows
    assert said.endswith("。")
    assert "再传" in said or "空的" in said
    assert len(said) < 80


@pytest.mark.parametrize("file", [*oddities()], ids=str)
def test_a_strange_file_that_holds_a_roster_is_read(limited: Limited, file: Hostile) -> None:
    found, said = read(limited, file)
    assert said == ""
    assert found is not None
    assert [row.name for row in found.roster.rows] == ["张伟"]
