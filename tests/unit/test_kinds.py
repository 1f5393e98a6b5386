"""Every kind of fact is declared once, and nothing of it is left open."""

from dataclasses import MISSING, fields

import pytest

from commands.chat.requests import Registry
from commands.families import FAMILIES
from commands.filing.kinds import KINDS, Kind
from commands.wording.sentences import CATALOGUE
from scoring.facts import State
from tests.worlds.plan import PLAN

COMMANDS = Registry(FAMILIES).commands


def test_the_kinds_are_those_of_the_plan_in_its_order() -> None:
    assert list(KINDS) == list(PLAN.kinds)


def test_no_field_of_a_kind_has_a_default_so_that_none_is_forgotten() -> None:
    assert all(one.default is one.default_factory is MISSING for one in fields(Kind))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_a_kind_names_exists(kind: Kind) -> None:
    assert not kind.lent or kind.lent in COMMANDS
    assert not kind.item or kind.item in PLAN.item
    assert set(kind.compared) <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_is_entered_by_a_command_of_its_name_or_the_one_that_may_be_lent(kind: Kind) -> None:
    entered_by = {"settlement": "settle", "training": "training", "waiver": "waive"}
    assert (kind.lent or entered_by.get(kind.code, kind.code)) in COMMANDS


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if PLAN.kinds[kind.code].deciders]
)
def test_every_state_of_a_decided_kind_has_a_word(kind: Kind) -> None:
    said = CATALOGUE.families["state"]
    for state in set(State) - {State.REVOKED}:  # only a lead's certification is revoked
        assert f"{state.value}_{kind.code}" in said or f"{state.value}_report" in said


def test_only_what_can_be_judged_by_its_topic_is_topical() -> None:
    assert [kind.code for kind in KINDS.values() if kind.topical] == ["video"]
