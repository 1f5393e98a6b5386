"""A visit to the signed-in pages: who it is, what was asked for, and what may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from commands.chat.requests import Asking
from commands.conversation.world import World
from db import pagekeys
from db.engine.tx import Reading
from db.pagekeys import Account
from scoring.moments import Instant
from scoring.values import frozen

if TYPE_CHECKING:
    from bot.pages.past import Past

FORM = "page form"
"""The topic of the keyed hash that a form of a session carries."""


@frozen
class Visit(Asking):
    """A person on a page. `given`: what the address asks for; `account`: from where they signed
    in; `form`: what their forms must carry; `past`: what is kept of earlier instants."""

    world: World
    account: Account
    form: str
    past: "Past"
    given: Mapping[str, str] = field(default_factory=dict)

    def may(self, roles: frozenset[str]) -> bool:
        """Whether the visitor has one of these roles; no roles: everybody."""
        return not roles or not roles.isdisjoint(self.who.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a view shows: the template's values, and whether looking is told to the audit trail
    (`reveals`: the numbers of the leads whose phone is on the page)."""

    data: Mapping[str, Any]
    reveals: tuple[int, ...] = ()


def visit(tx: Reading, secret: str, world: World, now: Instant, past: "Past") -> Visit | None:
    """The visit of whoever shows the secret of a session; None where there is none, or where its
    person, their rights or their account are no longer what they were."""
    entrance = pagekeys.held(tx, "session", secret, now) if secret else None
    if entrance is None:
        return None
    world = world.at(now)
    who = world.people.by_id.get(entrance.person)
    account = entrance.account
    holder = world.people.by_account.get((account.platform, account.account))
    if who is None or holder is None or holder.id != who.id:
        return None
    if pagekeys.rights_of(who) != entrance.rights or account.platform not in world.capabilities:
        return None
    return Visit(
        plan=world.nearest_plan(now, now),
        people=world.people,
        who=who,
        at=now,
        now=now,
        world=world,
        account=account,
        form=tx.vault.digest(FORM, secret).hex(),
        past=past,
    )
