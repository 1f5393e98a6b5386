"""补录: an approval that names an earlier time than it would count from (C16).

It wants evidence, and a second decider where it would change points.
"""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request
from commands.filing import pictured
from commands.filing.describe import what
from commands.filing.record import judge
from commands.review import seconds
from commands.wording.formats import moment
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Reading, Tx
from scoring.cards import scorecard
from scoring.facts import Verb
from scoring.moments import Instant, day_of, end_of
from scoring.postings import TIMED_BY_VERIFIER, approval_counts_from


def is_earlier(asking: Asking, entry: ledger.Entry, happened_at: Instant | None) -> bool:
    """Whether a named time lies before the one from which the approval would count anyway."""
    usual = approval_counts_from(asking.plan, entry.fact, asking.now)
    return happened_at is not None and happened_at < usual


def named_time(request: Request, tx: Reading, entry: ledger.Entry) -> Instant | None:
    """The time the decider names, if any; refused when it is to come, wants evidence, or would
    move a report to later than it came. A day alone means its end, today until now."""
    when: Instant | None = request.args.get("when")
    if when is None:
        return None
    is_whole_day = when == end_of(day_of(when)) - 1
    if is_whole_day and day_of(when) == day_of(request.now):
        when = request.now
    if when > request.now:
        raise Refusal(say("review.future"))
    if day_of(when) < request.plan.first_day:
        raise Refusal(say("review.before_year", year=request.plan.year))
    if is_earlier(request, entry, when):
        if not (request.args.get("evidence") or _is_shown(request, tx, entry)):
            raise Refusal(say("review.needs_evidence", number=entry.number, when=moment(when)))
        return when
    return _later(request, entry, when, is_whole_day)


def _is_shown(request: Request, tx: Reading, entry: ledger.Entry) -> bool:
    """Whether a picture shows it, that came with the decision or was there before."""
    return pictured.brought(request) or bool(pictured.rows(tx, entry))


def _later(
    request: Request, entry: ledger.Entry, when: Instant, is_whole_day: bool
) -> Instant | None:
    """A time not before the report: of an authorisation (A17) or of a release (A18, A21) it
    counts; of anything else it is refused, unless it names no more than the report's own day."""
    reported = entry.fact.happened_at
    counts_from = request.plan.kinds[entry.fact.kind].counts_from
    if entry.fact.kind in TIMED_BY_VERIFIER or counts_from == "released":
        return when
    if when <= reported or (is_whole_day and day_of(when) == day_of(reported)):
        return None
    if counts_from == "decided":
        return None
    said = {"number": entry.number, "when": moment(when), "reported": moment(reported)}
    raise Refusal(say("review.later_than_report", **said))


def second_wanted(
    request: Request, tx: Tx, verb: Verb, entry: ledger.Entry, happened_at: Instant
) -> bool:
    """Whether an earlier time than reported would change points: then a second decides too."""
    if request.second is not None or not is_earlier(request, entry, happened_at):
        return False
    return _points_if(request, tx, verb, entry, None) != _points_if(
        request, tx, verb, entry, happened_at
    )


def _points_if(
    request: Request, tx: Tx, verb: Verb, entry: ledger.Entry, happened_at: Instant | None
) -> object:
    """The unit's points if it were decided so: decided, counted, and taken back."""
    plan, unit = request.plan, request.plan.by_code[entry.fact.unit]
    before = tx.mark()
    judge(request, tx, entry, verb, happened_at=happened_at)
    card = scorecard(
        plan,
        unit,
        ledger.tallies(tx, plan),
        ledger.basis(tx, plan, request.now, request.now),
        request.now,
    )
    tx.undo(before)
    return card.points


def ask_second(request: Request, tx: Tx, entry: ledger.Entry, happened_at: Instant) -> Reply:
    """Put an earlier time before a second person; nothing is decided until he confirms."""
    text = say(
        "review.second",
        number=entry.number,
        what=what(request, entry),
        when=moment(happened_at),
        evidence=request.args.get("evidence") or say("review.by_picture"),
        name=request.who.name,
    )
    return seconds.ask(request, tx, entry, text, way="backdate")
