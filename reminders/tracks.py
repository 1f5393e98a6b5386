"""The one-off deadlines of a plan that are reminded of, as data."""

from dataclasses import dataclass

from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A one-off deadline: the plan's term with its day. `duty`: its code in scoring.duties.
    `second`: the second one of its item, announced in fewer steps. `ends`: reminding ends some
    workdays after it; otherwise another track continues. `for_heads`: heads are told from the
    beginning. `late`: it is to be done even when it has passed."""

    code: str
    duty: str
    item: str
    term: str
    second: bool = False
    ends: bool = True
    for_heads: bool = False
    late: bool = True


TRACKS = {
    track.code: track
    for track in (
        Track(code="handover", duty="dy_handover", item="dy_handover", term="deadline"),
        Track(code="ppt", duty="ppt.first", item="ppt", term="first_deadline", ends=False),
        Track(
            code="team",
            duty="live_team",
            item="live_team",
            term="deadline",
            for_heads=True,
            late=False,
        ),
        # Its T-14 would coincide with the overdue notice of the first one.
        Track(code="ppt2", duty="ppt.second", item="ppt", term="second_deadline", second=True),
    )
}


TOO_LATE = frozenset(track.item for track in TRACKS.values() if not track.late)
"""The items of which nothing can be done any more when their deadline has passed."""


def tracks(plan: Plan) -> list[Track]:
    """The deadlines of a plan that did not pass before the school began."""
    found = (track for track in TRACKS.values() if track.item in plan.item)
    return [one for one in found if not plan.begins_after(plan.term(one.item, one.term))]
