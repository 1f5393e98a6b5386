"""`promobot score`: the scorecards on the shell, live or as of any past instant."""

import time
from argparse import Namespace

from bot.app import open_database, read_settings
from bot.shell.output import moment
from db import plans
from scoring.errors import OperatorError


def run(arguments: Namespace) -> int:
    """Print one unit's card or everybody's."""
    now = int(time.time())
    known = moment(arguments.as_of, option="--as-of") if arguments.as_of else now
    until = moment(arguments.until, option="--until") if arguments.until else known
    found = read_settings(arguments.db)
    plan = plans.in_force(until)
    if plan is None:
        raise OperatorError("这个时间没有方案在用，没有得分可算。看那一年请加 --as-of 2024-12-31")
    unit = unit_named(plan, arguments.unit) if arguments.unit else None
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            scores = scores_at(tx, plan, until=until, known=known)
    finally:
        db.close()
    return 0
