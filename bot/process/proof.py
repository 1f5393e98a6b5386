"""What a database computes, to be compared with its copy: scorecards and frozen months."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import orjson

from bot.wording import say
from commands.months import compose
from db import ledger, months, plans
from db.backup import BackupFault, Head
from db.engine.tx import Reading
from scoring.cards import school_card, scorecard
from scoring.export import document
from scoring.moments import Instant
from scoring.plan import Plan


def proof(tx: Reading, at: Instant) -> dict[str, Any]:
    """What a copy of this database must compute: the SHA-256 of all scorecards of the plans, the
    seal of each frozen month and whether it holds. `rules` names the program that computed it."""
    digest = sha256()
    sealed: list[list[Any]] = []
    for plan in plans.kept(tx).known(at):
        digest.update(_cards(tx, plan, at))
        sealed += [
            [plan.id, one.month, one.sha256, _holds(tx, plan, one)]
            for one in months.all_frozen(tx, plan)
        ]
    return {"rules": _rules(), "score": digest.hexdigest(), "months": sealed}


def _cards(tx: Reading, plan: Plan, at: Instant) -> bytes:
    basis = ledger.basis(tx, plan, at, at)
    shown = []
    for tallies in (ledger.tallies(tx, plan), ledger.tallies_at(tx, plan, at, at)):
        cards = [scorecard(plan, unit, tallies, basis, at) for unit in plan.scored_units]
        cards.append(school_card(plan, tallies, basis, at))
        shown.append(document(plan, cards, {}, at))
    return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)


def _holds(tx: Reading, plan: Plan, month: months.Frozen) -> bool:
    try:
        return compose.holds(tx, plan, month)
    except (KeyError, TypeError, ValueError):  # a document that is none: doctor says so
        return False


@cache
def _rules() -> str:
    digest = sha256()
    for source in _sources(files("scoring")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith((".py", ".toml")):
            yield entry


def same(head: Head, tx: Reading) -> bool:
    """Whether a copy computes what its backup said. Raises BackupFault if it should and does
    not."""
    found = proof(tx, head.taken_at)
    if found == head.proof:
        return True
    if found["rules"] == head.proof.get("rules"):
        raise BackupFault(say("archive.differs"))
    return False
