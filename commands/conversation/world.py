"""What understanding a message needs from the database and the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from commands.chat.messages import Capabilities
from commands.chat.requests import Registry
from commands.grammar.lexicon import Lexicon, build
from db import chats, plans, settings
from db.engine.tx import Reading
from db.engine.vault import Vault
from db.people import Directory, directory
from db.plans import Shelf
from scoring.moments import Instant
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that routing needs from the database and the settings, immutable. `web_url`: where
    the signed-in pages are, "" for nowhere."""

    plans: Shelf
    people: Directory
    lexicon: Mapping[tuple[int, int], Lexicon]
    """By year and revision of the plan."""
    groups: frozenset[tuple[str, str]]
    bot_names: tuple[str, ...]
    capabilities: Mapping[str, Capabilities]
    own_numbers: frozenset[str]
    vault: Vault
    registry: Registry
    web_url: str = ""

    def at(self, now: Instant) -> "World":
        """The world with the roles that people have at an instant."""
        people = self.people.at(now)
        return self if people is self.people else replace(self, people=people)

    def plan(self, at: Instant, known: Instant | None = None) -> Plan | None:
        """The plan in force: the one whose year contains the day, as known then or at `known`."""
        return self.plans.in_force(at, known)

    def nearest_plan(self, at: Instant, known: Instant | None = None) -> Plan:
        """The plan in force, or the one closest to it in time."""
        return self.plans.nearest(at, known)


def load_world(
    tx: Reading,
    bot_names: tuple[str, ...],
    capabilities: Mapping[str, Capabilities],
    registry: Registry,
    web_url: str = "",
) -> World:
    """Read everything that routing needs; it is kept until "world" is bumped."""
    return World(
        plans=plans.kept(tx),
        people=directory(tx),
        lexicon=tx.cached("lexicon", _lexicon),
        groups=chats.linked(tx),
        bot_names=bot_names,
        capabilities=capabilities,
        own_numbers=settings.public_numbers(tx),
        vault=tx.vault,
        registry=registry,
        web_url=web_url,
    )


def _lexicon(tx: Reading) -> dict[tuple[int, int], Lexicon]:
    people = directory(tx).by_id.values()
    return {(one.year, one.number): build(one.plan, people) for one in plans.kept(tx).revisions}
