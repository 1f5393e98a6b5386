"""What a unit owes once a year without points: live streams in their window, introductions of its
majors (附件3·三, 四); as counts, for whoever says them."""

from collections.abc import Iterator
from datetime import date

from commands.duties import obligations
from db import histories
from db.engine.tx import Reading
from scoring.moments import end_of, start_of
from scoring.plan import Obligation, Plan
from scoring.values import frozen

PPT, VIDEO = "PPT", "视频"
INTROS = {PPT: "intro_ppts", VIDEO: "intro_videos"}
"""What introduces a major -> the duty."""

STREAMS = ("live_leaders", "live_directors")


@frozen
class Streams:
    """The live streams of a unit: `done` of `due` in the window, each of `minutes` at least."""

    done: int
    due: int
    minutes: int
    first: date
    last: date


def streams_owed(plan: Plan, unit: str) -> Obligation | None:
    """The duty by which a unit owes live streams."""
    found = (obligations.obligation(plan, code) for code in STREAMS)
    return next((owed for owed in found if unit in owed.units), None)


def streams(tx: Reading, plan: Plan, unit: str) -> Streams | None:
    """The live streams of a unit that count; both days of the window are in it (A52)."""
    owed = streams_owed(plan, unit)
    if owed is None:
        return None
    first, last = owed.terms["window"].value
    least = owed.terms["minutes"].value
    held = histories.of_unit(tx, plan, unit, "live", since=start_of(first), until=end_of(last))
    return Streams(
        done=sum(stream.fact.details["minutes"] >= least for stream in held),
        due=owed.terms["sessions"].value,
        minutes=least,
        first=first,
        last=last,
    )


def introductions(tx: Reading, plan: Plan, unit: str) -> Iterator[tuple[str, int, int]]:
    """(PPT or 视频, handed in, owed) for what a unit owes of each."""
    asked = {what: obligations.obligation(plan, code) for what, code in INTROS.items()}
    owed = {what: one for what, one in asked.items() if unit in one.units}
    if not owed:
        return
    since, until = start_of(plan.first_day), end_of(plan.last_day)
    sent = histories.of_unit(tx, plan, unit, "intro", since=since, until=until)
    for what, one in owed.items():
        done = sum(entry.fact.details["what"] == what for entry in sent)
        yield what, done, one.terms["number"].value
