"""健康: how the process fares, and its figures of the last day."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from bot.pages.figures import Sample
from bot.pages.visits import Shown, Visit
from commands.office.oversight import unreached
from db import audit
from db.engine.tx import Reading
from scoring.moments import Instant

POINTS = 120
"""Points of a drawn line; a day has 1,440 samples."""

Points = list[tuple[Instant, float]]


def show(visit: Visit, tx: Reading) -> Shown:
    """What is now, and lines since the start, a day at most."""
    figures = visit.kept.figures
    now = figures.now(tx)
    samples = [*figures.samples, now]
    return Shown(
        data={
            "current": now,
            "since": samples[0].at,
            "lines": {
                "events": _thinned(_grown(samples, lambda one: one.events)),
                "failed": _thinned(_grown(samples, lambda one: one.failed)),
                "waiting": _thinned([(one.at, one.waiting) for one in samples]),
                "oldest": _thinned([(one.at, one.oldest) for one in samples]),
            },
            "backup": audit.last(tx, audit.BACKUP),
            "unreached": unreached(visit),
        }
    )


def _grown(samples: Sequence[Sample], of: Callable[[Sample], int]) -> Points:
    """What a sum grew by from sample to sample."""
    return [(later.at, of(later) - of(one)) for one, later in pairwise(samples)]


def _thinned(points: Points) -> Points:
    """The highest of each few points, so that no peak is lost."""
    step = max(1, -(-len(points) // POINTS))
    parts = (points[at : at + step] for at in range(0, len(points), step))
    return [max(part, key=lambda one: one[1]) for part in parts]
