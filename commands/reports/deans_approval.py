"""A PPT before its gate: the 院长 is asked again on his last workday, or when he said so (C23)."""

from collections.abc import Iterator
from datetime import timedelta

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.filing.deciders import able, matter
from commands.filing.describe import entry_of
from commands.filing.receipts import card_buttons
from commands.grammar.slots import Slot
from commands.wording.formats import address, moment, unit_name
from commands.wording.sentences import say
from db import ledger, reminders
from db.calendar import calendar
from db.engine.tx import Reading, Tx
from db.people import Person
from scoring.moments import HOUR, MINUTE, Instant, day_of, end_of, start_of

UNSEEN = "unseen"
"""The family of the reminder of one waiting PPT: its number follows."""

AGAIN = 30 * MINUTE
AFTERNOON = 14 * HOUR + 30 * MINUTE
LATEST = 17 * HOUR + 30 * MINUTE
NUMBER = Slot(name="number", kind="number", required=True)


def on_his_last_day(asking: Asking, tx: Tx, entry: ledger.Entry) -> bool:
    """Whether today is the last workday before the next gate; then he is asked again soon."""
    today = day_of(asking.now)
    gates = (asking.plan.term("ppt", f"{rung}_deadline") for rung in ("first", "second"))
    gate = next((day for day in gates if today <= day), None)
    if gate is None or calendar(tx).last_workday(gate) != today:
        return False
    _ask_at(asking, tx, entry.number, asking.now + AGAIN)
    return True


def buttons(number: int) -> tuple[Button, ...]:
    """{现在提醒院长} under the receipt."""
    return (Button.of(say("button.call_dean"), "calldean", f"#{number}"),)


def _deans(asking: Asking, entry: ledger.Entry) -> list[Person]:
    what = matter(asking.plan, asking.people, entry.fact)
    return list(able(asking.plan, asking.people, what))


def _ask_at(asking: Asking, tx: Tx, number: int, at: Instant) -> None:
    """Have `reminders` ask whoever may approve of it, if it still waits then."""
    until = end_of(day_of(asking.now))
    for dean in _deans(asking, entry_of(tx, number)):
        reminders.settle(
            tx,
            f"{UNSEEN}.{number}",
            f"person:{dean.id}",
            at,
            reminders.WAITING,
            now=asking.now,
            until=until,
        )


@command("calldean", internal=True, private=True, slots=(NUMBER,))
def call(request: Request, tx: Tx) -> Reply:
    """{现在提醒院长}: one word to him now, once an hour at most."""
    entry = _waiting(tx, request.args["number"])
    if entry.fact.unit != request.who.unit:
        raise Refusal(say("dean.not_yours", number=entry.number))
    return Reply(
        text=say("dean.called", number=entry.number), notices=tuple(_calls(request, entry))
    )


def _calls(asking: Asking, entry: ledger.Entry) -> Iterator[Notice]:
    hour = asking.now // HOUR
    for dean in _deans(asking, entry):
        text = say(
            "dean.call",
            who=address(dean, asking.plan),
            unit=unit_name(asking.plan, entry.fact.unit),
            number=entry.number,
            name=asking.who.name,
        )
        yield Notice(
            text=text,
            person=dean.id,
            buttons=(card_buttons(entry),),
            key=f"calldean:{entry.number}:{dean.id}:{hour}",
        )


@command("later", internal=True, private=True, roles="院长", slots=(NUMBER,), planless=True)
def later(request: Request, tx: Tx) -> Reply:
    """{下午再看}: ask once more in the afternoon; in the afternoon an hour on."""
    entry = _waiting(tx, request.args["number"])
    midnight = start_of(day_of(request.now))
    at = max(midnight + AFTERNOON, request.now + HOUR)
    if at > midnight + LATEST:
        at = start_of(day_of(request.now) + timedelta(days=1)) + 8 * HOUR
    _ask_at(request, tx, entry.number, at)
    return Reply(text=say("snooze.done", when=moment(at)))


def _waiting(tx: Reading, number: int) -> ledger.Entry:
    entry = entry_of(tx, number)
    if entry.fact.kind != "ppt" or not ledger.stands(tx, number).waits:
        raise Refusal(say("dean.decided", number=number))
    return entry
