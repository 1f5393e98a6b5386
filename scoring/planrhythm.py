"""When a plan tells people, reports its months, and takes its breaks."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from scoring.plan import Rhythm
from scoring.planlines import Table
from scoring.planusual import usual_table
from scoring.planvalues import clock, count, night, steps, texts, window, workday
from scoring.words import say


def rhythm(reminders: Table, reports: Table) -> Rhythm:
    """The days and hours of a plan."""
    one = partial(count, year=0)
    readers: tuple[tuple[Table, Mapping[str, Callable[[Any], Any]]], ...] = (
        (
            reminders,
            {
                "before": steps,
                "before_second": steps,
                "heads_from": one,
                "digest_day": workday,
                "digest_at": clock,
                "quiet": night,
                "views_after": one,
            },
        ),
        (reports, {"draft": one, "objections": one, "freeze": one}),
    )
    found: dict[str, Any] = {}
    for table, keys in readers:
        for name, read in keys.items():
            instead = read(usual_table(table.path)[name])
            found[name] = table.take(name, read, instead, optional=name == "views_after")
        table.close()
    if not found["draft"] < found["objections"] < found["freeze"]:
        reports.sheet.flaw(reports.at("freeze"), say("fault.workdays"))
    return Rhythm(**found)


def breaks(table: Table, year: int) -> tuple[tuple[date, date], ...]:
    """The winter and the summer break, until the school sets its weeks of teaching."""

    def read(raw: Any) -> tuple[tuple[date, date], ...]:
        return tuple(window(one, year) for one in texts(raw))

    found = table.take("breaks", read, read(usual_table("calendar")["breaks"]), optional=True)
    table.close()
    return found
