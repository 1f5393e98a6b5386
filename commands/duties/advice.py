"""The cheapest next points in words: 再交 1 条视频保住第16周 (delight 3)."""

from collections.abc import Iterable

from commands.wording.formats import date_text, period_name, points
from commands.wording.sentences import say, say_first
from scoring.advice import Step, of_item, steps
from scoring.cards import Card, Tallies
from scoring.moments import Instant, day_of
from scoring.plan import Plan, Unit

SHOWN = 2


def line(plan: Plan, unit: Unit, card: Card, tallies: Tallies, until: Instant) -> str:
    """The cheapest of them, and what keeps the running week or month; "" where nothing is left."""
    found = steps(plan, unit, card, tallies, until)
    kept = [step for step in found if step.period]
    chosen = dict.fromkeys((*found[: SHOWN - 1], *kept[:1], *found[SHOWN - 1 :]))
    said = _said(plan, list(chosen)[:SHOWN])
    return say("advice.line", said=said) if said else ""


def on_item(
    plan: Plan, unit: Unit, card: Card, tallies: Tallies, until: Instant, *, item: str
) -> str:
    """The next thing that an item gains from; "" where there is none."""
    step = of_item(steps(plan, unit, card, tallies, until), item)
    return say("advice.next", said=told(plan, step)) if step else ""


def beside(plan: Plan, found: tuple[Step, ...], item: str) -> str:
    """The next thing that an item gains from, behind its own line; "" where there is none."""
    step = of_item(found, item)
    return say("advice.beside", said=told(plan, step)) if step else ""


def told(plan: Plan, step: Step) -> str:
    """One step: what to do, by when, and the points."""
    return say_first(
        f"advice.{step.code.partition('.')[0]}",
        f"advice.{step.item}",
        "advice.once",
        word=plan.item[step.item].word,
        times=step.times,
        by=date_text(day_of(step.by - 1)),
        points=points(step.points),
        each=points(step.each),
        period=period_name(step.period) if step.period else "",
    )


def _said(plan: Plan, found: Iterable[Step]) -> str:
    return "；".join(told(plan, step) for step in found)
