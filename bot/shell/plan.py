"""`promobot plan …`: plans in the school's database, and files that may become one."""

import re
import time
from argparse import Namespace
from functools import partial
from pathlib import Path

from bot.process.app import open_database, read_settings
from bot.shell.output import out
from bot.shell.roster import opened
from bot.shell.second import second_assessor
from bot.wording import say
from commands.plans.effects import look_at, preview
from commands.wording.formats import dated
from db import documents, plans, publishing, refiling
from db.engine.database import Database
from db.engine.tx import Reading
from db.engine.writer import Writer
from db.plans import Revision, Shelf
from db.publishing import Unpublishable
from scoring.errors import OperatorError
from scoring.plan import Plan
from scoring.plandiff import changes
from scoring.planroll import roll
from scoring.planshow import show as listing
from scoring.refiled import files_differently

MAX_BYTES = 1_000_000
EXIT_NO = 1
SHOWN_SEAL = 12

_YEAR = re.compile(r"2\d{3}")
_REVISION = re.compile(r"(2\d{3})(?:\.([1-9]\d{0,3}))?")


def list_(arguments: Namespace) -> int:
    """List every revision of every year, and which is in force."""
    now = int(time.time())
    shelf = shelf_of(arguments.db)
    for year in shelf.by_year:
        in_force = shelf.revision(year, now)
        for one in shelf.texts(year):
            out(_row(one, in_force=bool(in_force and one.number == in_force.number), now=now))
    return 0


def _row(one: Revision, *, in_force: bool, now: int) -> str:
    state = "plan.past"
    if in_force or one.in_force_from > now:
        state = "plan.in_force" if in_force else "plan.to_come"
    return say(
        "plan.row",
        revision=f"{one.year}.{one.number}",
        state=say(state),
        since=dated(one.in_force_from) if one.in_force_from else say("plan.shipped"),
        by=say("plan.by", by=one.by or say("plan.shell")) if one.in_force_from else "",
        second=say("plan.second", name=one.second) if one.second else "",
        why=one.why,
        seal=one.sha256[:SHOWN_SEAL],
    ).rstrip()


def check(arguments: Namespace) -> int:
    """Report that a plan is valid; an invalid one raises PlanFault with line and field."""
    for plan in _chosen(arguments.file, arguments.db):
        units, items = len(plan.scored_units), len(plan.items)
        out(say("plan.fine", plan=plan.id, document=plan.document, units=units, items=items))
    return 0


def show(arguments: Namespace) -> int:
    """List every number of a plan with its clause."""
    for plan in _chosen(arguments.which, arguments.db):
        out(listing(plan))
    return 0


def new(arguments: Namespace) -> int:
    """Carry a year's plan over to another year, in force for it at once; print what a person has
    to look at."""
    year, source = year_of(arguments.year), arguments.source
    now = int(time.time())
    with opened(arguments.db) as (db, writer):
        with db.reading() as tx:
            shelf = plans.kept(tx)
        if year in shelf.by_year:
            raise OperatorError(say("plan.year_taken", year=year))
        name, text = origin(shelf, source)
        text = roll(text, year)
        plans.read(text, source)
        why = say("plan.carried_over", revision=name)
        made = writer.submit(lambda tx: publishing.publish(tx, text, now=now, why=why)).result()
        with db.reading() as tx:
            looks = list(look_at(tx, made.plan, now))
    out(say("plan.new", year=year, revision=name))
    for line in looks:
        out(line)
    out(say("plan.new_next", year=year))
    return 0


def export(arguments: Namespace) -> int:
    """Write a year's text, or one of its revisions, to a file or to the screen."""
    text = _found(shelf_of(arguments.db), arguments.which).text
    if not arguments.out:
        out(text.rstrip("\n"))
        return 0
    path = Path(arguments.out)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise OperatorError(say("plan.file_exists", path=path)) from None
    except OSError as fault:
        raise OperatorError(say("plan.not_written", path=path, fault=fault.strerror)) from None
    out(say("plan.exported", path=path))
    return 0


def diff(arguments: Namespace) -> int:
    """Tell two revisions or files apart, line by line."""
    shelf = shelf_of(arguments.db)
    one, other = (_plan(shelf, said) for said in (arguments.one, arguments.other))
    found = changes(one, other)
    for change in found:
        out(str(change))
    if not found:
        out(say("plan.no_difference"))
    return 0


def publish(arguments: Namespace) -> int:
    """Show what a file changes and what that does to every unit; publish it once a second
    assessor has agreed."""
    text = plans.read_text(arguments.file)
    plan = plans.read(text, Path(arguments.file).name)
    now = int(time.time())
    with opened(arguments.db) as (db, writer):
        with db.reading() as tx:
            second = second_assessor(tx, arguments.yes)
            plan = plans.read_here(tx, text)
            _publishable(tx, plan, text, now)
            for line in preview(tx, plan, now):
                out(line)
        if arguments.yes is None:
            out(say("plan.not_published", file=arguments.file))
            return EXIT_NO
        why = arguments.why or ""
        prepared = _prepared(db, writer, text, why, now)
        made = writer.submit(
            lambda tx: publishing.publish(
                tx,
                text,
                now=now,
                second=arguments.yes,
                people=(None, second.id if second else None),
                why=why,
                prepared=prepared,
            )
        ).result()
    out(
        say(
            "plan.published",
            revision=f"{made.year}.{made.number}",
            since=dated(made.in_force_from),
            second=arguments.yes,
        )
    )
    return 0


def _prepared(db: Database, writer: Writer, text: str, why: str, now: int) -> int:
    """The number of the refiling of a text that files facts elsewhere, prepared so far that little
    is left, in short transactions between which a bot at work takes reports; 0 for any other."""
    with db.reading() as tx:
        new = plans.read_here(tx, text)
        old = plans.kept(tx).of_year(new.year, now)
        if old is None or not files_differently(old, new) or refiling.running(tx, old.id):
            return 0
    begin = partial(refiling.begin, old=old, text=text, why=why, now=now)
    number = writer.submit(begin).result()
    while True:
        with db.reading() as tx:
            left = refiling.parts(tx, number)
        if len(left) <= refiling.FEW:
            return number
        for part in left:
            writer.submit(partial(refiling.enter, number=number, part=part, now=now)).result()


def text(arguments: Namespace) -> int:
    """Load the school's document, clause by clause, replacing the previous one."""
    path = Path(arguments.file)
    try:
        words = path.read_bytes()[:MAX_BYTES].decode("utf-8-sig")
    except OSError as fault:
        raise OperatorError(say("plan.no_file", path=path)) from fault
    except UnicodeDecodeError as fault:
        raise OperatorError(say("plan.not_text", path=path)) from fault
    with opened(arguments.db) as (db, writer):
        with db.reading() as tx:
            plan = plans.kept(tx).nearest(int(time.time()))
        clauses = writer.submit(lambda tx: documents.load(tx, plan, words)).result()
    out(say("plan.loaded", clauses=clauses, plan=plan.id))
    return 0


# --- which plan ---------------------------------------------------------------------------


def shelf_of(url: str | None) -> Shelf:
    """The plans of the database or, before there is one, those of the program."""
    found = read_settings(url)
    path = found.database.removeprefix("sqlite:///")
    if url is None and path != found.database and not Path(path).exists():
        return Shelf(plans.templates())
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            return plans.kept(tx)
    finally:
        db.close()


def _chosen(said: str | None, url: str | None) -> tuple[Plan, ...]:
    if said is None:
        return shelf_of(url).known(int(time.time()))
    if _REVISION.fullmatch(said):
        return (_found(shelf_of(url), said).plan,)
    return (plans.read_file(said),)


def _plan(shelf: Shelf, said: str) -> Plan:
    return _found(shelf, said).plan if _REVISION.fullmatch(said) else plans.read_file(said)


def _found(shelf: Shelf, said: str) -> Revision:
    """The revision written 2024 (in force now) or 2024.2. Raises OperatorError."""
    named = _REVISION.fullmatch(said)
    if named is None:
        raise OperatorError(say("plan.which", said=said[:40]))
    year = int(named[1])
    found = shelf.revision(year, int(time.time()))
    if named[2]:
        found = next((one for one in shelf.texts(year) if one.number == int(named[2])), None)
    if found is None:
        raise OperatorError(_no_such(shelf, said))
    return found


def origin(shelf: Shelf, said: str) -> tuple[str, str]:
    """The name and text of a plan to start from: a year, an example of the program, or a file."""
    if _REVISION.fullmatch(said):
        found = _found(shelf, said)
        return f"{found.year}.{found.number}", found.text
    if said in plans.examples():
        return said, plans.examples()[said]
    return Path(said).name, plans.read_text(said)


def _no_such(shelf: Shelf, said: str) -> str:
    years = (f"{year}.{one.number}" for year in shelf.by_year for one in shelf.texts(year))
    return say("plan.none", said=said, known="、".join(years))


def year_of(said: str) -> int:
    """The year written 2027. Raises OperatorError."""
    if not _YEAR.fullmatch(said):
        raise OperatorError(say("plan.bad_year", said=said[:20]))
    return int(said)


# --- before publishing --------------------------------------------------------------------


def _publishable(tx: Reading, plan: Plan, source: str, now: int) -> None:
    try:
        publishing.check(tx, plan, source, now)
    except Unpublishable as fault:
        raise OperatorError(say("plan.refused", reasons=str(fault))) from None
