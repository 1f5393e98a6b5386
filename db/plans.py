"""Plans from files: those shipped with the program and a school's own."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from db.wording import say
from scoring.moments import Instant, day_of
from scoring.plan import Plan
from scoring.planfile import PlanFault, parse

MAX_BYTES = 1024 * 1024


@cache
def shipped() -> tuple[Plan, ...]:
    """The plans that come with the program, oldest year first; read once."""
    folder = files("scoring") / "plans"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    plans = [parse(entry.read_text(encoding="utf-8"), entry.name) for entry in found]
    return tuple(sorted(plans, key=lambda plan: plan.year))


def in_force(at: Instant, plans: Iterable[Plan] | None = None) -> Plan | None:
    """The plan for the year of an instant in the school's time zone; None: no plan, no score."""
    year = day_of(at).year
    chosen = shipped() if plans is None else plans
    return next((plan for plan in chosen if plan.year == year), None)


def read_file(path: str | Path) -> Plan:
    """The plan in a file of the school. Raises PlanFault for a bad file."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise PlanFault(path.name, say("plan_file.unopened")) from None
    if len(data) > MAX_BYTES:
        raise PlanFault(path.name, say("plan_file.too_large"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanFault(path.name, say("plan_file.encoding")) from None
    return parse(text, path.name)
