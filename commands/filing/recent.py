"""What somebody reported lately, and where it stands."""

from commands.chat.requests import Asking
from db import histories, ledger
from db.engine.tx import Reading
from scoring.facts import State
from scoring.moments import MINUTE, Instant

JUST_NOW = 10 * MINUTE
"""How long a thing said without its number can only mean what has just happened."""

MOST_LOOKED_AT = 40


def own(
    asking: Asking, tx: Reading, *states: State, since: Instant = 0, most: int = MOST_LOOKED_AT
) -> list[ledger.Entry]:
    """The asker's reports recorded since, the newest first; only those in one of the states where
    any is given, and none that a correction has replaced."""
    found = histories.of_person(tx, asking.plan, asking.who.id, most=most)
    return [
        entry
        for entry in found
        if entry.fact.recorded_at >= since
        and (not states or ledger.stands(tx, entry.number).state in states)
    ]


def just_now(asking: Asking, tx: Reading, *states: State) -> list[ledger.Entry]:
    """Those of the last ten minutes."""
    return own(asking, tx, *states, since=asking.now - JUST_NOW)
