"""What understanding a message needs from the database and the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from commands.chat.messages import Capabilities
from commands.chat.requests import Registry
from commands.grammar.lexicon import Lexicon, build
from db import chats, settings
from db.engine.tx import Reading
from db.engine.vault import Vault
from db.people import Directory, directory
from scoring.moments import Instant, day_of
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that routing needs from the database and the settings, immutable."""

    plans: tuple[Plan, ...]
    people: Directory
    lexicon: Mapping[int, Lexicon]
    groups: frozenset[tuple[str, str]]
    bot_names: tuple[str, ...]
    capabilities: Mapping[str, Capabilities]
    own_numbers: frozenset[str]
    vault: Vault
    registry: Registry

    def plan(self, at: Instant) -> Plan | None:
        """The plan in force: the one whose year contains the day."""
        year = day_of(at).year
        for plan in self.plans:
            if plan.year == year:
                return plan
        return None

    def nearest_plan(self, at: Instant) -> Plan:
        """The plan in force, or the one closest to it in time."""
        year = day_of(at).year
        return min(self.plans, key=lambda plan: abs(plan.year - year))


def load_world(
    tx: Reading,
    plans: tuple[Plan, ...],
    bot_names: tuple[str, ...],
    capabilities: Mapping[str, Capabilities],
    registry: Registry,
) -> World:
    """Read everything that routing needs; it is kept until "world" is bumped."""
    return World(
        plans=plans,
        people=directory(tx),
        lexicon=tx.cached("lexicon", partial(_lexicon, plans)),
        groups=chats.linked(tx),
        bot_names=bot_names,
        capabilities=capabilities,
        own_numbers=settings.public_numbers(tx),
        vault=tx.vault,
        registry=registry,
    )


def _lexicon(plans: tuple[Plan, ...], tx: Reading) -> dict[int, Lexicon]:
    people = directory(tx).by_id.values()
    return {plan.year: build(plan, people) for plan in plans}
