"""`promobot migrate|doctor`: database maintenance."""

import time
from argparse import Namespace
from collections.abc import Iterable

from sqlalchemy import text

from bot.process.app import open_database, read_settings
from bot.shell import platforms
from bot.shell.output import out
from bot.wording import say
from commands.months import compose
from db import ledger, months, outbox, plans, reposting
from db.engine.database import Database
from db.engine.tx import Reading
from scoring.cards import Tallies
from scoring.moments import Instant

EXIT_ILL = 1
FOREVER: Instant = 1 << 60

Key = tuple[str, str, str]
INTEGRITY = text("PRAGMA integrity_check")


def migrate(arguments: Namespace) -> int:
    """Migrate the database to this version."""
    found = read_settings(arguments.db)
    db = open_database(found.database, found)
    version = db.version()
    db.close()
    out(say("care.migrated", version=version))
    return 0


def doctor(arguments: Namespace) -> int:
    """Recompute every tally from facts and decisions, compare, and check everything else. With a
    platform named, check that platform instead."""
    if arguments.platform:
        look = platforms.wecom if arguments.platform == "wecom" else platforms.telegram
        return look(arguments.db)
    found = read_settings(arguments.db)
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            ills = [*_of_the_file(db, tx), *_of_the_tallies(tx), *_of_the_months(tx)]
            in_force = plans.kept(tx).in_force(int(time.time()))
            counts = outbox.counts(tx)
    finally:
        db.close()
    for name, value in found.shown().items():
        if value:
            out(f"{name}={value}")
    out(say("care.key_fits"))
    lost = counts.get(outbox.BURIED, 0) + counts.get(outbox.HELD, 0)
    out(say("care.outbox", waiting=counts.get(outbox.WAITING, 0), lost=lost))
    if in_force is None:
        out(say("care.no_plan"))
    for line in ills:
        out(line)
    out(say("care.ill", count=len(ills)) if ills else say("care.fine"))
    return EXIT_ILL if ills else 0


def _of_the_file(db: Database, tx: Reading) -> Iterable[str]:
    if db.driver.dialect.name != "sqlite":
        return
    found = [str(row[0]) for row in tx.run(INTEGRITY)]
    if found != ["ok"]:
        yield say("care.damaged", count=len(found))


def _of_the_tallies(tx: Reading) -> Iterable[str]:
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


def _of_the_months(tx: Reading) -> Iterable[str]:
    for plan in plans.kept(tx).known(int(time.time())):
        for month in months.all_frozen(tx, plan):
            if not compose.holds(tx, plan, month):
                yield say("care.month", month=month.month, seal=month.sha256[:16])


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
