"""The demonstration school: invented people of every role, for the playground's first start."""

from importlib.resources import files

from commands.grammar import lexicon
from commands.roster import enrolment
from commands.roster.file import RosterFile, read
from db import chats, people, settings
from db.engine.tx import Tx
from db.platforms import LOCAL
from scoring.moments import Instant
from scoring.plan import Plan

STUDENTS = 7_000
GROUP = "staff"
TITLE = "全体教职工"


def roster(plan: Plan) -> RosterFile:
    """Read the roster file shipped beside this module."""
    name = "demo_school.csv"
    data = (files("commands.roster") / name).read_bytes()
    return read(name, data, lexicon.units_of(plan))


def load(tx: Tx, plan: Plan, now: Instant) -> None:
    """Fill an empty database with the demonstration school and its linked group."""
    enrolment.apply(tx, enrolment.compare(tx, roster(plan)), now, None)
    settings.put(tx, settings.STUDENTS, str(STUDENTS), now=now, by=None)
    open_group(tx, now)


def open_group(tx: Tx, now: Instant) -> None:
    """Link the group of a demonstration, by an administrator of the roster if there is one."""
    administrators = people.directory(tx).with_role(people.ADMIN)
    by = administrators[0].id if administrators else None
    chats.link(tx, platform=LOCAL, chat=GROUP, title=TITLE, unit=None, by=by, at=now)
