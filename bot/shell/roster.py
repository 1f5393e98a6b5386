"""`promobot roster import|codes`: the roster from the shell, with the same code as in chat."""

import asyncio
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.process.app import exists, open_database, read_settings, refuse_mistyped, sqlite_file
from bot.services import files
from bot.shell.output import agreed, out
from bot.wording import say
from commands.grammar import lexicon
from commands.roster import enrolment, file, opening, strangers
from db import plans
from db.accounts import SECOND, issue_code
from db.engine.database import Database
from db.engine.writer import Writer
from db.people import ADMIN, bound_with_role, directory
from scoring.errors import OperatorError, PlatformError, UserError
from scoring.moments import MINUTE, Instant
from scoring.plan import Plan

MAX_FILE = 20 * 1024 * 1024
EXIT_NO = 1


def load(arguments: Namespace) -> int:
    """Show what a roster file or WeCom's contacts would change; import it once confirmed."""
    if bool(arguments.file) == bool(arguments.wecom):
        raise OperatorError(say("roster.which"))
    path = None if arguments.wecom else roster_file(Path(arguments.file))
    with looked_at(arguments.db) as db:
        plan = plan_of_today(db)
        read = read_roster(path, plan) if path else _contacts(db, arguments.db, plan)
        out(summary(db, read))
    if arguments.dry_run:
        return 0
    if not (arguments.yes or agreed(say("roster.ask"))):
        out(say("roster.not_imported"))
        return EXIT_NO
    with opened(arguments.db) as (db, writer):
        bring_in(db, writer, read, int(time.time()))
    out(say("roster.imported"))
    return 0


@contextmanager
def looked_at(url: str | None) -> Iterator[Database]:
    """Open the school's database, or before there is one an empty one that is thrown away: what
    is only shown makes nothing."""
    found = read_settings(url)
    file = sqlite_file(found.database)
    if exists(found.database, found) or file is None:
        with opened(url) as (db, _):
            yield db
        return
    refuse_mistyped(file, found)
    with TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/empty.db") as (db, _):
        yield db


def _contacts(db: Database, url: str | None, plan: Plan) -> file.RosterFile:
    """Read WeCom's contacts as a roster file."""
    from bot.adapters.wecom import contacts, doctor, doors

    found = read_settings(url)
    if not found.wecom_app_secret:
        raise OperatorError(say("roster.no_app"))

    async def fetched() -> contacts.Contacts:
        interface = doors.interface(found, lambda: int(time.time()))
        try:
            return await contacts.read(interface)
        finally:
            await interface.close()

    try:
        everybody = asyncio.run(fetched())
    except PlatformError as fault:
        raise OperatorError(say("roster.no_contacts", fault=doctor.advice(fault))) from fault
    units = lexicon.units_of(plan)
    with db.reading() as tx:
        table = contacts.table(everybody, directory(tx), units)
    return file.read("通讯录.csv", table, units)


def codes(arguments: Namespace) -> int:
    """Print a one-time code for each person without an account: those named, or all. With
    --second, the one that stands for the second person while a school has one administrator."""
    if arguments.second:
        return _second_code(arguments)
    wanted = [number.strip().upper() for number in arguments.staff_no]
    with opened(arguments.db, known=True) as (db, writer):
        with db.reading() as tx:
            known = directory(tx)
        if unknown := [number for number in wanted if number not in known.by_staff_no]:
            raise OperatorError(say("roster.unknown", numbers="、".join(unknown)))
        chosen = [known.by_staff_no[number] for number in wanted] or [*known.by_id.values()]
        given = writer.submit(
            lambda tx: enrolment.codes_for(tx, chosen, int(time.time()), named=bool(wanted))
        ).result()
    for row in given:
        out(say("roster.code", number=row.staff_no, name=row.name, code=row.code))
    if not given:
        out(say("roster.all_bound") if chosen else say("roster.empty"))
    return 0


def _second_code(arguments: Namespace) -> int:
    with opened(arguments.db, known=True) as (db, writer):
        with db.reading() as tx:
            admins = bound_with_role(directory(tx), ADMIN)
        if len(admins) != 1:
            names = "、".join(one.name for one in admins)
            raise OperatorError(
                say("roster.other_admins", names=names) if admins else say("roster.no_admin")
            )
        [alone] = admins
        now = int(time.time())
        code = writer.submit(
            lambda tx: issue_code(tx, SECOND, alone.id, now, ttl=30 * MINUTE)
        ).result()
    out(say("roster.second_code", name=alone.name, code=code))
    return 0


def roster_file(path: Path) -> Path:
    """The path, if a roster may be read there. Raises OperatorError."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise OperatorError(say("roster.too_big", file=path.name))
        path.open("rb").close()
    except OSError as fault:
        raise OperatorError(say("roster.no_file", path=path)) from fault
    return path


def read_roster(path: Path, plan: Plan) -> file.RosterFile:
    """Read a roster file; faults in its rows are part of the result."""
    data = roster_file(path).read_bytes()
    try:
        read: opening.Read = files.read(opening.OPENER, path, data, plan, int(time.time()))
    except UserError as why:
        return file.refused(str(why))
    return read.roster


def summary(db: Database, read: file.RosterFile) -> str:
    """Return the dry run in words; raise OperatorError naming the bad rows, if any."""
    with db.reading() as tx:
        said = enrolment.summary(enrolment.compare(tx, read))
        plan = plans.kept(tx).nearest(int(time.time()))
    if read.faults:
        help_ = strangers.ways_out(plan, (fault.reason for fault in read.faults))
        raise OperatorError(f"{said}\n{help_}".rstrip())
    return said


def bring_in(db: Database, writer: Writer, read: file.RosterFile, now: Instant) -> None:
    """Import a whole roster in one transaction, or nothing."""
    summary(db, read)
    writer.submit(lambda tx: enrolment.apply(tx, enrolment.compare(tx, read), now, None)).result()


def plan_of_today(db: Database) -> Plan:
    """The plan in force today, or the nearest."""
    with db.reading() as tx:
        return plans.kept(tx).nearest(int(time.time()))


@contextmanager
def opened(url: str | None, *, known: bool = False) -> Iterator[tuple[Database, Writer]]:
    """Open the school's database and its writer; close them afterwards. `known`: it must be there
    already."""
    found = read_settings(url)
    if known and not exists(found.database, found):
        where = sqlite_file(found.database) or found.shown()["PROMOBOT_DATABASE_URL"]
        raise OperatorError(say("database.missing", file=where))
    db = open_database(found.database, found)
    try:
        with Writer(db) as writer:
            yield db, writer
    finally:
        db.close()
