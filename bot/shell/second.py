"""The second assessor who agreed, as named to a command of the shell."""

from bot.wording import say
from db.engine.tx import Reading
from db.people import Person, directory
from scoring.errors import OperatorError

ASSESSORS = "考核组"


def second_assessor(tx: Reading, name: str | None) -> Person | None:
    """The assessor of this name or 工号; None if nobody is named, or while the school has no
    assessor. Raises OperatorError."""
    if name is None:
        return None
    if not name.strip():
        raise OperatorError(say("second.no_name"))
    assessors = directory(tx).with_role(ASSESSORS)
    found = next((one for one in assessors if name in (one.name, one.staff_no)), None)
    if found is None and assessors:
        names = "、".join(one.name for one in assessors)
        raise OperatorError(say("second.no_assessor", name=name[:20], names=names))
    return found
