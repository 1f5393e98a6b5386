"""A visit to the signed-in pages: who it is, what was asked for, and what may be shown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.pages.figures import Figures
from bot.pages.past import Past
from commands.chat.requests import Asking
from commands.conversation.world import World
from db import audit, pagekeys
from db.engine.tx import Reading, Tx
from db.pagekeys import Account
from scoring.moments import Instant
from scoring.values import frozen


@dataclass(frozen=True, slots=True)
class Kept:
    """What the process keeps for the pages: sums of the past, figures of the last day."""

    past: Past
    figures: Figures


FORM = "page form"
"""The topic of the keyed hash that a form of a session carries."""


@frozen
class Visit(Asking):
    """A person on a page. `given`: what the address asks for; `posted`: what must
    stand in no address, such as a name; `account`: from where they signed
    in; `form`: what their forms must carry; `kept`: what the process remembers."""

    world: World
    account: Account
    form: str
    kept: "Kept"
    given: Mapping[str, str] = field(default_factory=dict)
    posted: Mapping[str, str] = field(default_factory=dict)

    def may(self, roles: frozenset[str]) -> bool:
        """Whether the visitor has one of these roles; no roles: everybody."""
        return not roles or not roles.isdisjoint(self.who.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a view shows: the template's values, and whether looking is told to the audit trail
    (`reveals`: the numbers of the leads whose phone is on the page)."""

    data: Mapping[str, Any]
    reveals: tuple[int, ...] = ()


def noting(visitor: Visit, action: str, subjects: Iterable[str]) -> Callable[[Tx], None]:
    """The work that notes in the audit trail what a visitor was shown."""

    def note(tx: Tx) -> None:
        for subject in subjects:
            audit.note(
                tx,
                at=visitor.now,
                person=visitor.who.id,
                action=action,
                subject=subject,
                chat=visitor.account.chat,
            )

    return note


def visit(tx: Reading, secret: str, world: World, now: Instant, *, kept: Kept) -> Visit | None:
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
        kept=kept,
    )
