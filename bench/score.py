"""`/score` of all units at ten thousand, 100 thousand and a million facts, tallies as many; beside
it the ledger as a workbook, read and added up by openpyxl.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.report import line
from bench.school import KEY, NOW, TEACHERS, open_school
from db import ledger, plans
from db.engine.database import Database
from db.engine.tx import Reading
from scoring.cards import school_card, scorecard
from scoring.plan import Plan

SIZES = (10_000, 100_000, 1_000_000)
TIMES = 60
WORKBOOK = 100_000
"""Rows of the workbook."""

GROWTH_GOAL = 1.2
CARD_GOAL = 0.003
COUNTERS_GOAL = 0.0005
WORKBOOK_GOAL = 1_000


def run(*, quick: bool = False) -> None:
    """Print the medians for each size, the growth from the smallest to the largest, and how much
    longer the workbook takes."""
    sizes = SIZES[:2] if quick else SIZES
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    with ExitStack() as open_till_then:
        make = tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd())
        folder = Path(open_till_then.enter_context(make))
        databases: dict[int, Database] = {}
        for size in sizes:
            path = folder / f"{size}.db"
            open_school(f"sqlite:///{path}").close()
            fill(path, plan, size)
            database = Database.open(f"sqlite:///{path}", KEY)
            databases[size] = open_till_then.enter_context(closing(database))
        counters, cards = measure(databases, plan)
        workbook = read_workbook(folder / "ledger.xlsx", plan)
    for size in sizes:
        line(
            "score",
            f"counters at {size:,}",
            counters[size] * 1000,
            "ms",
            goal=f"≤ {COUNTERS_GOAL * 1000:g} ms",
            ok=counters[size] <= COUNTERS_GOAL,
        )
        line(
            "score",
            f"explained cards of all units at {size:,}",
            cards[size] * 1000,
            "ms",
            goal=f"≤ {CARD_GOAL * 1000:g} ms",
            ok=cards[size] <= CARD_GOAL,
        )
    growth = cards[sizes[-1]] / cards[sizes[0]]
    line(
        "score",
        f"{sizes[-1]:,} against {sizes[0]:,} facts",
        cards[sizes[-1]] * 1000,
        "ms",
        baseline=cards[sizes[0]] * 1000,
        ratio=growth,
        goal=f"≤ {GROWTH_GOAL} ×",
        ok=growth <= GROWTH_GOAL,
    )
    line(
        "score",
        f"cards at {WORKBOOK:,} against a workbook of as many rows",
        cards[WORKBOOK] * 1000,
        "ms",
        baseline=workbook * 1000,
        ratio=workbook / cards[WORKBOOK],
        goal=f"≥ {WORKBOOK_GOAL:,} ×",
        ok=workbook / cards[WORKBOOK] >= WORKBOOK_GOAL,
    )


def measure(
    databases: Mapping[int, Database], plan: Plan
) -> tuple[dict[int, float], dict[int, float]]:
    """Seconds to read the tallies, and to the explained cards of all units and the school, by
    size: in turns, so that whatever else the machine does meanwhile meets all sizes alike."""
    rounds = [
        {
            size: (_timed(db, plan, cards=False), _timed(db, plan, cards=True))
            for size, db in databases.items()
        }
        for _ in range(TIMES)
    ]
    counters = {size: median(one[size][0] for one in rounds) for size in databases}
    cards = {size: median(one[size][1] for one in rounds) for size in databases}
    return counters, cards


def _timed(db: Database, plan: Plan, *, cards: bool) -> float:
    with db.reading() as tx:
        started = perf_counter()
        _read(tx, plan, cards=cards)
        return perf_counter() - started


def read_workbook(path: Path, plan: Plan) -> float:
    """Seconds to read a ledger kept by hand and to add it up: the columns that count, no cards."""
    import openpyxl
    import xlsxwriter

    units = [unit.code for unit in plan.scored_units]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(WORKBOOK):
            sheet.write_row(number, 0, (number, *_posting(number, units), 1))
    started = perf_counter()
    read = openpyxl.load_workbook(path, read_only=True)
    sums: Counter[tuple[object, ...]] = Counter()
    for _, *key, delta in read.active.iter_rows(values_only=True):
        sums[tuple(key)] += delta
    seconds = perf_counter() - started
    read.close()
    assert sum(sums.values()) == WORKBOOK
    return seconds


def _read(tx: Reading, plan: Plan, *, cards: bool) -> None:
    tallies = ledger.tallies(tx, plan)
    if not cards:
        return
    basis = ledger.basis(tx, plan, NOW, NOW)
    for unit in plan.scored_units:
        scorecard(plan, unit, tallies, basis, NOW)
    school_card(plan, tallies, basis, NOW)


def fill(path: Path, plan: Plan, size: int) -> None:
    """Facts and postings straight into the tables, their tallies summed beside them."""
    units = [unit.code for unit in plan.scored_units]
    rows = [_posting(number, units) for number in range(size)]
    with sqlite3.connect(path) as db:
        db.executemany(
            "INSERT INTO facts (id, plan, kind, unit, person, title, link, details, chat, topic,"
            " claim, happened_at, recorded_at) VALUES (?,?,?,?,?,'','','','','',x'',?,?)",
            (
                (number, plan.id, measure.split(".")[0], unit, number % TEACHERS, NOW, NOW)
                for number, (unit, measure, _) in enumerate(rows)
            ),
        )
        db.executemany(
            "INSERT INTO postings VALUES (?,?,?,?,?,1,?,?,?)",
            (
                (number, plan.id, unit, measure, period, NOW, NOW, number)
                for number, (unit, measure, period) in enumerate(rows)
            ),
        )
        db.execute(
            "INSERT INTO tallies SELECT plan, unit, measure, period, sum(delta) FROM postings"
            " GROUP BY plan, unit, measure, period"
        )
        db.execute("ANALYZE")


def _posting(number: int, units: list[str]) -> tuple[str, str, str]:
    unit = units[number % len(units)]
    week = f"2024-W{14 + number // 16 % 10:02d}"
    month = f"2024-{4 + number // 160 % 3:02d}"
    match number // 16 % 4:
        case 0:
            return "*", "lead.accepted", str(number % TEACHERS + 1)
        case 1:
            return unit, "video.accepted", week
        case 2:
            return unit, "news.accepted", month
        case _:
            return unit, "soft_article.accepted", month
