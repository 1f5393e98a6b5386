"""A reading that files facts elsewhere, switched and tried among a million facts while reports keep
coming in."""

import asyncio
from collections.abc import Mapping

from bench.intake import Run
from bench.month import IN_FLIGHT, PACE, beside_a_job, lived_in
from bench.report import line, percentile
from bot.process.app import App
from db import jobs, ledger, plans, refiling, reposting
from db.engine.tx import Tx
from scoring.cards import Tallies
from scoring.moments import DAY
from scoring.plan import Plan
from scoring.planedit import with_reading

FACTS = 1_000_000
READING, USUAL, VALUE = "A18", "submitted", "approved"


def run(*, quick: bool = False) -> None:
    """Print what intake keeps of its pace while the effect is computed and while it is switched."""
    size = FACTS // 20 if quick else FACTS
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    with lived_in(plan, size) as app:
        switched = asyncio.run(beside_a_job(app, lambda tx: order(app, tx, plan, "refile")))
        report(f"{READING} switched, {size:,} facts, intake going on", *switched)
        check(app, plan, whole=quick)
        tried = asyncio.run(
            beside_a_job(app, lambda tx: order(app, tx, plan, "whatif"), 50_000_000)
        )
        report(f"{READING} tried, {size:,} facts, intake going on", *tried)


def report(case: str, alone: Run, beside: Run, seconds: float) -> None:
    line("switch", case, seconds, "s")
    share = beside.rate / alone.rate
    line(
        "switch",
        f"intake at {IN_FLIGHT} meanwhile",
        beside.rate,
        "units/s",
        baseline=alone.rate,
        ratio=share,
        goal=f"≥ {PACE:g} × alone",
        ok=share >= PACE,
    )
    line("switch", "p99 meanwhile", percentile(beside.seconds, 0.99) * 1000, "ms")
    line("switch", "longest meanwhile", max(beside.seconds) * 1000, "ms")


def order(app: App, tx: Tx, plan: Plan, kind: str) -> None:
    """The job that 试算, or a second assessor's {确认改口径}, orders."""
    now = app.clock.now()
    args: dict[str, object] = {"plan": plan.id, "number": READING}
    if kind == "whatif":
        args["value"] = USUAL
    else:
        [shipped] = [one for one in plans.templates() if one.year == plan.year]
        text = with_reading(shipped.text, READING, VALUE)
        args |= {"by": 1, "second": 2, "refiling": refiling.begin(tx, plan, text, why="", now=now)}
    number = jobs.ask(
        tx,
        kind,
        args,
        person=1,
        platform="telegram",
        account="1000",
        chat="1000",
        in_group=False,
        said="",
        now=now,
    )
    if "refiling" in args:
        refiling.worked_on(tx, int(str(args["refiling"])), number)


def check(app: App, plan: Plan, *, whole: bool) -> None:
    """The switch is in force; `whole`: and its tallies are what all facts add up to."""
    with app.db.reading() as tx:
        found = plans.kept(tx).of_year(plan.year, app.clock.now() + DAY)
        assert found is not None
        assert found.reads(READING) == VALUE
        if whole:
            kept = ledger.tallies(tx, found).sums
            again = Tallies((*key, value) for key, value in reposting.recomputed(tx, found).items())
            assert {key: nonzero(periods) for key, periods in kept.items()} == again.sums


def nonzero(periods: Mapping[str, int]) -> dict[str, int]:
    return {period: value for period, value in periods.items() if value}
