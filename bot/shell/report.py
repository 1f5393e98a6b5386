"""`promobot report`: a month's report as files on disk, frozen or as it stands."""

import re
import time
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from bot.process.app import open_database, read_settings
from bot.shell.output import out
from commands.chat.messages import File
from commands.months import compose
from commands.months import monthly_report as said
from commands.months.document import files
from commands.paper import fonts
from db import months, plans
from db.engine.tx import Reading
from scoring import months as monthly
from scoring.errors import OperatorError
from scoring.plan import Plan

_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")


def run(arguments: Namespace) -> int:
    """Write the paper, the workbook and the picture of a month, and print its three lines."""
    month = arguments.month
    plan = _plan(month)
    found = read_settings(arguments.db)
    fonts.prefer(found.font)
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            text, made = _make(tx, plan, month, int(time.time()))
    finally:
        db.close()
    for path in _laid_down(Path(arguments.out), made):
        out(f"已写 {path}")
    out(text)
    return 0


def _plan(month: str) -> Plan:
    if not _MONTH.fullmatch(month):
        raise OperatorError(f"月份没看懂：{month[:20]}，请写成 2024-04")
    plan = plans.in_force(monthly.month_start(month))
    if plan is None:
        raise OperatorError(f"{month} 没有方案在用，没有月报可出。看方案请运行 promobot plan show")
    return plan


def _make(tx: Reading, plan: Plan, month: str, now: int) -> tuple[str, tuple[File, ...]]:
    kept = months.frozen(tx, plan, month)
    if kept is None and monthly.month_start(month) > now:
        raise OperatorError(f"{month} 还没开始，没有月报可出")
    out(f"正在算 {month} 的月报 …")
    report = compose.reported(tx, plan, month, now, kept)
    out("正在写文件 …")
    made, warning = files(plan, report, kept.sha256 if kept else "")
    text = said.summary(report, frozen=kept is not None)
    seal = f"\n校验码 {kept.sha256}" if kept else ""
    return f"{text}{seal}\n{warning}".rstrip(), made


def _laid_down(folder: Path, made: Iterable[File]) -> Iterable[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in made:
            path = folder / file.name
            path.write_bytes(file.data)
            yield path
    except OSError as fault:
        raise OperatorError(f"{folder} 写不进去：{fault.strerror}，请换一个 --out 目录") from None
