"""`promobot migrate|doctor`: database maintenance."""

import time
from argparse import Namespace
from collections.abc import Callable, Iterable

from sqlalchemy import text

from bot.process.app import exists, open_database, read_settings
from bot.settings import Settings
from bot.shell import platforms
from bot.shell.output import out
from bot.wording import say
from commands.filing.numbers import spans
from commands.months import compose
from db import audit, ledger, months, outbox, pictures, plans, reposting
from db.engine.database import Database
from db.engine.tx import Reading
from scoring.cards import Tallies
from scoring.errors import OperatorError
from scoring.moments import DAY, Instant, local

EXIT_ILL = 1
MOST_NAMED = 20
FOREVER: Instant = 1 << 60

Key = tuple[str, str, str]
INTEGRITY = text("PRAGMA integrity_check")


def migrate(arguments: Namespace) -> int:
    """Migrate the database to this version; make a new one only if asked to."""
    found = read_settings(arguments.db)
    if not arguments.new and not exists(found.database, found):
        raise OperatorError(say("care.nothing", where=_where(found)))
    db = open_database(found.database, found, new=True)
    version = db.version()
    db.close()
    out(say("care.migrated", version=version))
    return 0


def _where(found: Settings) -> str:
    return found.shown()["PROMOBOT_DATABASE_URL"] or found.database


def doctor(arguments: Namespace) -> int:
    """Recompute every tally from facts and decisions, compare, and check everything else. With a
    platform named, check that platform instead. Return 1 if there is anything to look at."""
    if arguments.platform:
        return platforms.doctor(arguments.platform, arguments.db)
    found = read_settings(arguments.db)
    db = open_database(found.database, found, to_look=True)
    for name, value in found.shown().items():
        if value:
            out(f"{name}={value}")
    out(say("care.key_fits"))
    try:
        ills = []
        for what, check in CHECKS:
            ills += _tried(db, what, check)
    finally:
        db.close()
    for line in ills:
        out(line)
    out(say("care.ill", count=len(ills)) if ills else say("care.fine"))
    return EXIT_ILL if ills else 0


def _tried(
    db: Database, what: str, check: Callable[[Database, Reading], Iterable[str]]
) -> list[str]:
    """What a check finds; one that cannot be carried out, as on a damaged file, is a finding."""
    try:
        with db.reading() as tx:
            return list(check(db, tx))
    except Exception as fault:
        return [say("care.unchecked", what=say(what), fault=type(fault).__name__)]


def _of_the_outbox(_: Database, tx: Reading) -> Iterable[str]:
    counts = outbox.counts(tx)
    lost = counts.get(outbox.BURIED, 0) + counts.get(outbox.HELD, 0)
    out(say("care.outbox", waiting=counts.get(outbox.WAITING, 0)))
    if lost:
        yield say("care.lost", lost=lost)
    now = int(time.time())
    for row in outbox.overdue(tx, now):
        when = f"{local(row.since):%Y-%m-%d %H:%M}"
        yield say("care.overdue", platform=row.platform, total=row.rows, when=when)
    if total := outbox.stale(tx, now - 7 * DAY):
        yield say("care.stale", total=total)


def _of_the_backups(_: Database, tx: Reading) -> Iterable[str]:
    last = audit.last(tx, audit.BACKUP)
    if last is not None and last.action == audit.BACKUP_FAILED:
        yield say("care.backup_failed", when=f"{local(last.at):%Y-%m-%d %H:%M}")


def _of_the_file(db: Database, tx: Reading) -> Iterable[str]:
    if db.driver.dialect.name != "sqlite":
        return
    found = [str(row[0]) for row in tx.run(INTEGRITY)]
    if found != ["ok"]:
        yield say("care.damaged", count=len(found))


def _of_the_pictures(db: Database, tx: Reading) -> Iterable[str]:
    said = "care.pictures_gone", "care.pictures_damaged"
    for key, found in zip(said, pictures.unreadable(tx), strict=True):
        with db.reading() as later:  # what was erased while this looked is no loss
            named = [pictures.named_by(later, name) for name in found]
        if lost := [facts for facts in named if facts]:
            numbers = sorted({fact for facts in lost for fact in facts} - {pictures.NOWHERE})
            shown = spans(numbers[:MOST_NAMED]) or say("care.picture_held")
            yield say(key, total=len(lost), numbers=shown)


def _of_the_tallies(_: Database, tx: Reading) -> Iterable[str]:
    for plan in plans.kept(tx).known(int(time.time())):
        kept = _sums(ledger.tallies(tx, plan))
        entered = _sums(ledger.tallies_at(tx, plan, FOREVER, FOREVER))
        computed = _nonzero(reposting.recomputed(tx, plan))
        for name, other in (("分录", entered), ("事实和决定", computed)):
            if wrong := sorted(key for key in kept | other if kept.get(key) != other.get(key)):
                unit, measure, period = wrong[0]
                yield say(
                    "care.tallies",
                    year=plan.year,
                    name=name,
                    count=len(wrong),
                    unit=unit,
                    measure=measure,
                    period=period,
                )


def _of_the_months(_: Database, tx: Reading) -> Iterable[str]:
    for plan in plans.kept(tx).known(int(time.time())):
        for month in months.all_frozen(tx, plan):
            if not compose.holds(tx, plan, month):
                yield say("care.month", month=month.month, seal=month.sha256[:16])


def _of_the_plan(_: Database, tx: Reading) -> Iterable[str]:
    if plans.kept(tx).in_force(int(time.time())) is None:
        yield say("care.no_plan")


def _sums(tallies: Tallies) -> dict[Key, int]:
    return _nonzero(
        {
            (unit, measure, period): value
            for (unit, measure), periods in tallies.sums.items()
            for period, value in periods.items()
        }
    )


def _nonzero(sums: dict[Key, int]) -> dict[Key, int]:
    return {key: value for key, value in sums.items() if value}


CHECKS: tuple[tuple[str, Callable[[Database, Reading], Iterable[str]]], ...] = (
    ("care.plan_check", _of_the_plan),
    ("care.outbox_check", _of_the_outbox),
    ("care.file_check", _of_the_file),
    ("care.picture_check", _of_the_pictures),
    ("care.tally_check", _of_the_tallies),
    ("care.month_check", _of_the_months),
    ("care.backup_check", _of_the_backups),
)
"""What is checked, by the sentence that names it."""
