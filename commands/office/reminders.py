"""提醒, and the buttons under a reminder: put it off, hand it on, acknowledge it.

`reminders` decides when something is due; here its rows are only viewed and put off. A reminder
never has 已完成: completion is a fact, reported and verified (C24).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.grammar.slots import Slot
from commands.wording.formats import day, moment, unit_name
from commands.wording.sentences import lines, say
from commands.wording.terms import REMINDERS
from db import outbox, quiet, reminders
from db.calendar import calendar
from db.engine.tx import Reading, Row, Tx
from db.people import ADMIN, HEAD
from scoring.moments import DAY, HOUR, Instant, day_of, end_of, period_days, start_of, week_of

WEEK = 7 * DAY
EARLY = 8 * HOUR
"""The time of day that 明早 means."""

STATES = ("failed", "snoozed", "stale", "silenced")
MOST_LINES = 8


# --- 提醒 ---------------------------------------------------------------------------------


@command(
    "reminders",
    "提醒",
    roles=ADMIN,
    slots=(
        Slot(name="stop", kind="flag", choices=("停",)),
        Slot(name="start", kind="flag", choices=("开",)),
        Slot(name="to", kind="when"),
        Slot(name="family", kind="text"),
    ),
    planless=True,
    never_bare=True,
    private=True,
    example="提醒",
)
def overview(request: Request, tx: Tx) -> Reply:
    """Show what was sent, put off, stale or undelivered in 7 days; stop or start a kind."""
    if request.args.get("stop"):
        return _stop(request, tx)
    if request.args.get("start"):
        family = _family(request)
        quiet.hush(tx, f"rule:{family}", None)
        return Reply(text=say("reminders.started", word=REMINDERS[family]))
    rows = reminders.since(tx, request.now - WEEK)
    counts = {family: _counted(rows, family) for family in REMINDERS}
    total: Counter[str] = sum(counts.values(), Counter())
    shown = [_line(REMINDERS[family], count) for family, count in counts.items() if +count]
    return Reply(
        text=lines(
            say(
                "reminders.summary",
                **{state: total[state] for state in ("sent", "waiting", *STATES)},
            ),
            *shown[:MOST_LINES],
            _silent(tx, request.now),
        ),
        buttons=((Button.of(say("button.health"), "health"),),),
    )


def _counted(rows: Iterable[Row], family: str) -> Counter[str]:
    return Counter(
        state_of(row) for row in rows if row.rule.partition(".")[0] == family and state_of(row)
    )


def state_of(row: Row) -> str:
    """The outcome a row counts as; "" if it is not counted."""
    if row.state == reminders.FAILED:
        return "failed"
    if row.state in (reminders.SENT, reminders.NOTED):
        return "failed" if row.delivery in (outbox.BURIED, outbox.HELD) else "sent"
    return str(row.state) if row.state in (*STATES, reminders.WAITING) else ""


def _line(word: str, count: Counter[str]) -> str:
    rest = "".join(
        say(f"reminders.rest_{state}", total=count[state]) for state in STATES if count[state]
    )
    return say("reminders.line", word=word, sent=count["sent"], rest=rest)


def _silent(tx: Reading, now: Instant) -> str:
    words = [
        say("reminders.silent_until", word=word, until=day(until - 1))
        for family, word in REMINDERS.items()
        if (until := quiet.until(tx, f"rule:{family}")) > now
    ]
    return say("reminders.silent", said="、".join(words)) if words else say("reminders.none_silent")


def _family(request: Request) -> str:
    said = request.args.get("family", "").strip()
    for family, word in REMINDERS.items():
        if said in (word, family):
            return family
    raise Refusal(say("reminders.which", said="、".join(REMINDERS.values())))


def _stop(request: Request, tx: Tx) -> Reply:
    """Silence a kind until a day, at most the end of the plan's year, so that it always ends."""
    family = _family(request)
    last = end_of(request.plan.last_day)
    named: Instant | None = request.args.get("to")
    until = min(end_of(day_of(named)), last) if named is not None else last
    if until <= request.now:
        raise Refusal(say("mute.past"))
    quiet.hush(tx, f"rule:{family}", until)
    word = REMINDERS[family]
    return Reply(
        text=say("reminders.stopped", word=word, until=day(until - 1)),
        buttons=((Button.of(say("button.start_again"), "reminders", f"开 {family}"),),),
    )


# --- the buttons under a reminder ---------------------------------------------------------

_AT = Slot(name="at", kind="text", required=True)


def _rows(request: Request, tx: Reading) -> list[Row]:
    """The reminders in the message above the pressed button. Raises Refusal if they are already
    answered or somebody else's."""
    said = request.args["at"].split()[-1]
    at = int(said) if said.isdecimal() and len(said) <= 12 else 0
    found = reminders.heard(tx, f"person:{request.who.id}", at)
    if not found:
        raise Refusal(say("snooze.gone"))
    return found


@command("snooze", internal=True, planless=True, private=True, slots=(_AT,))
def snooze(request: Request, tx: Tx) -> Reply:
    """{一小时后|明早|下周再说}: remind once more then, if it is still owed and useful."""
    rows, how = _rows(request, tx), request.args["at"].split()[0]
    to = _until(how, request, tx)
    kept = reminders.put_off(tx, rows, to, now=request.now) if to else 0
    if to and not kept:
        raise Refusal(say("snooze.too_late", when=moment(to)))
    for row in rows:
        reminders.move(tx, row, reminders.SNOOZED, now=request.now)
    return Reply(text=say("snooze.done", when=moment(to)) if to else say("snooze.week"))


def _until(how: str, asking: Asking, tx: Reading) -> Instant:
    """The instant a reminder is put off to; 0: next week's own reminder covers it."""
    if how == "week":
        return 0
    if how == "hour":
        return asking.now + HOUR
    tomorrow = day_of(asking.now) + timedelta(days=1)
    if how == "monday":
        monday, _ = period_days(week_of(tomorrow + timedelta(days=6)))
        return start_of(calendar(tx).next_workday(monday - timedelta(days=1))) + 9 * HOUR
    return start_of(tomorrow) + EARLY


@command("handon", internal=True, private=True, roles=HEAD, slots=(_AT,))
def hand_on(request: Request, tx: Tx) -> Reply:
    """{转给宣传员}: send the same to the officers of the head's unit, with buttons to act on it."""
    rows = _rows(request, tx)
    officers = request.people.officers(request.who.unit)
    if not officers:
        raise Refusal(say("snooze.no_officer", unit=unit_name(request.plan, request.who.unit)))
    for officer in officers:
        reminders.put_off(tx, rows, request.now, now=request.now, audience=f"person:{officer.id}")
    return Reply(text=say("snooze.handed", names="、".join(one.name for one in officers)))


@command("noted", internal=True, private=True, slots=(_AT,))
def noted(request: Request, tx: Tx) -> Reply:
    """{知道了}: somebody takes responsibility, so the reminding ends."""
    for row in _rows(request, tx):
        reminders.move(tx, row, reminders.NOTED, now=request.now)
    return Reply(text=say("snooze.noted"))
