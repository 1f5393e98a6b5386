"""`/score` of all units at ten thousand, 100 thousand and a million facts, tallies as many."""

import sqlite3
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.report import line
from bench.school import KEY, NOW, TEACHERS, open_school
from db import ledger, plans
from db.database import Database
from db.tx import Reading
from scoring.cards import school_card, scorecard
from scoring.plan import Plan

SIZES = (10_000, 100_000, 1_000_000)
TIMES = 60
GROWTH_GOAL = 1.2
CARD_GOAL = 0.003
COUNTERS_GOAL = 0.0005


def run(*, quick: bool = False) -> None:
    """Print the medians for each size and the growth from the smallest to the largest."""
    sizes = SIZES[:2] if quick else SIZES
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    cards: dict[int, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
            path = Path(folder) / "score.db"
            open_school(f"sqlite:///{path}").close()
            fill(path, plan, size)
            counters, cards[size] = measure(path, plan)
        line(
            "score",
            f"counters at {size:,}",
            counters * 1000,
            "ms",
            goal=f"≤ {COUNTERS_GOAL * 1000:g} ms",
            ok=counters <= COUNTERS_GOAL,
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


def measure(path: Path, plan: Plan) -> tuple[float, float]:
    """Seconds to read the tallies, and to the explained cards of all units and the school."""
    db = Database.open(f"sqlite:///{path}", KEY)
    found = [(_timed(db, plan, cards=False), _timed(db, plan, cards=True)) for _ in range(TIMES)]
    db.close()
    return median(one for one, _ in found), median(other for _, other in found)


def _timed(db: Database, plan: Plan, *, cards: bool) -> float:
    with db.reading() as tx:
        started = perf_counter()
        _read(tx, plan, cards=cards)
        return perf_counter() - started


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
