"""`promobot report`: write a month's report to files, frozen or as a draft."""

import re
import time
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from bot.process.app import open_database, read_settings
from bot.shell.output import out
from bot.wording import say
from commands.chat.messages import File
from commands.months import compose
from commands.months import monthly_report as said
from commands.months.document import files
from commands.paper import fonts
from db import months, plans
from db.engine.tx import Reading
from scoring import months as monthly
from scoring.errors import OperatorError

_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")


def run(arguments: Namespace) -> int:
    """Write the document, workbook and chart of a month; print its three-line summary."""
    month = arguments.month
    if not _MONTH.fullmatch(month):
        raise OperatorError(say("report.bad_month", month=month[:20]))
    found = read_settings(arguments.db)
    fonts.prefer(found.font)
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            text, made = _make(tx, month, int(time.time()))
    finally:
        db.close()
    for path in _laid_down(Path(arguments.out), made):
        out(say("report.written", path=path))
    out(text)
    return 0


def _make(tx: Reading, month: str, now: int) -> tuple[str, tuple[File, ...]]:
    plan = plans.kept(tx).in_force(monthly.month_start(month), now)
    if plan is None:
        raise OperatorError(say("report.no_plan", month=month))
    kept = months.frozen(tx, plan, month)
    if kept is None and monthly.month_start(month) > now:
        raise OperatorError(say("report.not_begun", month=month))
    plan = compose.plan_of(tx, plan, kept) if kept else plan
    out(say("report.computing", month=month))
    report = compose.reported(tx, plan, month, now, kept)
    out(say("report.writing"))
    made, warning = files(plan, report, kept.sha256 if kept else "")
    text = said.summary(report, frozen=kept is not None)
    seal = "\n" + say("report.seal", seal=kept.sha256) if kept else ""
    return f"{text}{seal}\n{warning}".rstrip(), made


def _laid_down(folder: Path, made: Iterable[File]) -> Iterable[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in made:
            path = folder / file.name
            path.write_bytes(file.data)
            yield path
    except OSError as fault:
        raise OperatorError(say("report.read_only", folder=folder, fault=fault.strerror)) from None
