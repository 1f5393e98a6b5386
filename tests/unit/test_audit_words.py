"""审计 shows no word of the program: every action that is noted has one of ours."""

import re
from pathlib import Path

import pytest

from commands.office.oversight import action_word
from commands.wording.sentences import say
from db import plans
from db.audit import ACTIONS
from scoring.facts import Verb

ROOT = Path(__file__).parents[2]
KINDS = sorted({kind for plan in plans.shipped() for kind in plan.kinds})
LITERAL = re.compile(r"action=\"(\w+)\"|_noted?\(request, tx, (?:entry, )?\"(\w+)\"")


@pytest.mark.parametrize("action", [*ACTIONS, *(verb.value for verb in Verb)])
def test_what_is_noted_beside_reports_has_a_word_of_its_own(action: str) -> None:
    assert say(f"action.{action}") == action_word(action)
    assert not re.search("[A-Za-z]", action_word(action))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fact_is_reported_in_chinese(kind: str) -> None:
    assert not re.search("[A-Za-z_]", action_word(kind))


def test_the_list_is_what_the_sources_note() -> None:
    noted = {
        one or other
        for floor in ("db", "commands", "bot")
        for file in (ROOT / floor).rglob("*.py")
        for one, other in LITERAL.findall(file.read_text("utf-8"))
        if file.name not in ("cli.py", "usage.py")
    }
    assert noted == set(ACTIONS)
