"""`promobot plan check|show|text`: check and list plan files, load the school's document."""

import time
from argparse import Namespace
from pathlib import Path

from bot.shell.output import out
from bot.shell.roster import opened
from bot.wording import say
from db import documents, plans
from scoring.errors import OperatorError
from scoring.plan import Plan

MAX_BYTES = 1_000_000


def check(arguments: Namespace) -> int:
    """Report that a plan is valid; an invalid one raises PlanFault with line and field."""
    for plan in _chosen(arguments.file):
        units, items = len(plan.scored_units), len(plan.items)
        out(say("plan.fine", plan=plan.id, document=plan.document, units=units, items=items))
    return 0


def show(arguments: Namespace) -> int:
    """List every number of a plan with its clause."""
    from scoring.planshow import show as listing

    for plan in _chosen(arguments.file):
        out(listing(plan))
    return 0


def text(arguments: Namespace) -> int:
    """Load the school's document, clause by clause, replacing the previous one."""
    path = Path(arguments.file)
    try:
        words = path.read_bytes()[:MAX_BYTES].decode("utf-8-sig")
    except OSError as fault:
        raise OperatorError(say("plan.no_file", path=path)) from fault
    except UnicodeDecodeError as fault:
        raise OperatorError(say("plan.not_text", path=path)) from fault
    plan = plans.in_force(int(time.time())) or plans.shipped()[-1]
    with opened(arguments.db) as (_db, writer):
        clauses = writer.submit(lambda tx: documents.load(tx, plan, words)).result()
    out(say("plan.loaded", clauses=clauses, plan=plan.id))
    return 0


def _chosen(file: str | None) -> tuple[Plan, ...]:
    return (plans.read_file(file),) if file else plans.shipped()
