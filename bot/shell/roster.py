"""`promobot roster import|codes`: the roster from the shell, by the same door as in chat."""

import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.app import open_database, read_settings
from bot.shell.output import agreed, out
from commands import enrol, rosterfile
from db import plans
from db.accounts import BIND, issue_code
from db.database import Database
from db.people import directory
from db.writer import Writer
from scoring.errors import OperatorError
from scoring.moments import Instant
from scoring.plan import Plan

MAX_FILE = 20 * 1024 * 1024
EXIT_NO = 1


def load(arguments: Namespace) -> int:
    """Show what a roster file would change, and import it once somebody agrees."""
    read = read_roster(Path(arguments.file), _plan_of_today())
    with _opened(arguments.db) as (db, writer):
        with db.reading() as tx:
            summary = enrol.summary(enrol.compare(tx, read))
        out(summary)
        if arguments.dry_run:
            return 0
        if not (arguments.yes or agreed("导入吗？")):
            out("没有导入。要直接导入请加 --yes")
            return EXIT_NO
        enrol_now(writer, read, int(time.time()))
        out("已导入。")
    return 0


def read_roster(path: Path, plan: Plan) -> rosterfile.Roster:
    """A roster file as read; OperatorError with every bad row named, by line and reason."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise OperatorError(f"名册 {path.name} 超过 20 MB，不像名册，请核对文件")
        data = path.read_bytes()
    except OSError as fault:
        raise OperatorError(f"名册 {path} 打不开，请核对文件名") from fault
    read = rosterfile.read(path.name, data, rosterfile.units_of(plan))
    if read.faults:
        raise OperatorError(rosterfile.faults_text(read))
    return read


def enrol_now(writer: Writer, read: rosterfile.Roster, now: Instant) -> None:
    """Import a read roster in one transaction."""
    writer.submit(lambda tx: enrol.apply(tx, enrol.compare(tx, read), now)).result()


def codes(arguments: Namespace) -> int:
    """Print a one-time code for each person asked for, or for all without an account."""
    wanted = [number.strip().upper() for number in arguments.staff_no]
    now = int(time.time())
    with _opened(arguments.db) as (db, writer):
        with db.reading() as tx:
            known = directory(tx)
            if unknown := [number for number in wanted if number not in known.by_staff_no]:
                raise OperatorError(f"名册里没有工号 {'、'.join(unknown)}，没有发口令")
            chosen = [known.by_staff_no[number] for number in wanted] or [
                person for person in known.by_id.values() if not known.addresses.get(person.id)
            ]
        if not chosen:
            out("名册里的人都已绑定，没有要发的口令。")
            return 0
        given = writer.submit(
            lambda tx: [issue_code(tx, BIND, one.id, now) for one in chosen]
        ).result()
    for person, code in zip(chosen, given, strict=True):
        out(f"{person.staff_no}\t{person.name}\t绑定 {code}")
    return 0


def _plan_of_today() -> Plan:
    return plans.in_force(int(time.time())) or plans.shipped()[-1]


@contextmanager
def _opened(url: str | None) -> Iterator[tuple[Database, Writer]]:
    found = read_settings(url)
    db = open_database(found.database, found)
    writer = Writer(db)
    try:
        yield db, writer
    finally:
        writer.close()
        db.close()
