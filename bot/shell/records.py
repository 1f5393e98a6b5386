"""`promobot records …`: a table of what was reported before, booked by the code of the chat."""

import time
from argparse import Namespace
from functools import partial
from pathlib import Path

from bot.services import files
from bot.shell.output import out
from bot.shell.roster import opened, roster_file
from bot.shell.second import second_assessor
from bot.wording import say
from commands.records import booking
from commands.records.booking import Batch
from commands.records.file import OPENER, sheet_of
from commands.records.file import template as empty_table
from commands.records.meaning import meant
from commands.records.preview import preview
from commands.wording.formats import dated
from db import audit, plans, records
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from db.people import Person, directory
from scoring.errors import OperatorError
from scoring.moments import Instant, day_of
from scoring.plan import Plan

EXIT_NO = 1
LISTED = 50


def load(arguments: Namespace) -> int:
    """Show what a table says and what it does to points; book it once a second assessor agreed."""
    path, now = roster_file(Path(arguments.file)), int(time.time())
    with opened(arguments.db) as (db, writer):
        plan = _plan_of_this_year(db, now)
        sheet = sheet_of(files.read(OPENER, path, path.read_bytes(), plan, now))
        with db.reading() as tx:
            people = directory(tx)
            second = None if arguments.dry_run else second_assessor(tx, arguments.yes)
            meaning = meant(tx, plan, people, sheet)
            said = list(preview(tx, plan, sheet, meaning, now))
        if meaning.faults:
            raise OperatorError("\n".join([*said[:1], *map(str, meaning.faults)]))
        for line in said:
            out(line)
        if arguments.dry_run or not meaning.entries:
            return 0
        if second is None:
            key = "records.no_assessors" if arguments.yes else "records.not_booked"
            out(say(key, file=arguments.file))
            return EXIT_NO
        number = writer.submit(lambda tx: _begun(tx, plan, second, now)).result()
        batch = Batch(number=number, plan=plan, people=people, by=None, second=second)
        for part in booking.parts(meaning.entries):
            writer.submit(partial(booking.book, batch=batch, entries=part, now=now)).result()
        with db.reading() as tx:
            total = records.total(tx, number)
        own = sum(bool(one.verb) and batch.decider(one) is None for one in meaning.entries)
    out(say("records.booked", number=number, total=total, second=second.name))
    if own:
        out(say("records.own", total=own, second=second.name))
    return 0


def _plan_of_this_year(db: Database, now: Instant) -> Plan:
    with db.reading() as tx:
        found = plans.kept(tx).in_force(now)
        if found is None:
            last, year = plans.kept(tx).nearest(now).year, day_of(now).year
            raise OperatorError(say("records.no_plan", year=year, last=last))
    return found


def _begun(tx: Tx, plan: Plan, second: Person, now: Instant) -> int:
    number = records.begin(tx, plan, by=None, second=second.id, at=now)
    _note(tx, number, "records", None, now)
    _note(tx, number, "second", second.id, now)
    return number


def _note(tx: Tx, number: int, action: str, person: int | None, now: Instant) -> None:
    audit.note(tx, at=now, person=person, action=action, subject=f"records {number}", chat="")


def list_(arguments: Namespace) -> int:
    """List the tables that were booked, newest first."""
    with opened(arguments.db) as (db, _), db.reading() as tx:
        people, rows = directory(tx).by_id, records.latest(tx, LISTED)
        if not rows:
            out(say("records.none"))
        for row in rows:
            by = people[row.person].name if row.person in people else say("plan.shell")
            second = people[row.second].name if row.second in people else ""
            key = "records.row" if row.undone_at is None else "records.row_undone"
            total = records.total(tx, row.id)
            out(say(key, number=row.id, when=dated(row.at), total=total, by=by, second=second))
    return 0


def undo(arguments: Namespace) -> int:
    """Take a whole table back, once a second assessor agreed."""
    now = int(time.time())
    with opened(arguments.db) as (db, writer):
        with db.reading() as tx:
            row = records.batch(tx, arguments.number)
            if row is None or row.undone_at is not None:
                raise OperatorError(say("records.no_such", number=arguments.number))
            plan = plans.kept(tx).by_id(row.plan, now) or plans.kept(tx).nearest(now)
            second = second_assessor(tx, arguments.yes)
            facts = booking.standing(tx, row.id)
        if second is None:
            out(say("records.not_undone", number=row.id, total=len(facts)))
            return EXIT_NO
        _take_back(writer, plan, row.id, facts, second=second, now=now)
    out(say("records.undone", number=row.id, total=len(facts)))
    return 0


def _take_back(
    writer: Writer, plan: Plan, number: int, facts: list[int], *, second: Person, now: Instant
) -> None:
    def note(tx: Tx) -> None:
        records.undone(tx, number, now)
        _note(tx, number, "withdraw", None, now)
        _note(tx, number, "second", second.id, now)

    for part in booking.parts(facts):
        take_back = partial(booking.take_back, plan=plan, facts=part, person=second.id, now=now)
        writer.submit(take_back).result()
    writer.submit(note).result()


def template(arguments: Namespace) -> int:
    """Write an empty table with two examples."""
    path = Path(arguments.file or say("records.template"))
    try:
        with path.open("xb") as file:
            file.write(empty_table())
    except FileExistsError:
        raise OperatorError(say("plan.file_exists", path=path)) from None
    except OSError as fault:
        raise OperatorError(say("plan.not_written", path=path, fault=fault.strerror)) from None
    out(say("plan.exported", path=path))
    return 0
