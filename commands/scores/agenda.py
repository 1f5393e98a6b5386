"""日历: the asker's own dates as a file for the calendar of their phone, each with an alarm, and
the file again when a date in it has changed. No server and no address is needed for it."""

from datetime import UTC, datetime, timedelta

from commands.chat.errors import Refusal
from commands.chat.messages import File, Reply
from commands.chat.requests import Asking, Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.duties import agenda
from commands.paper import ics
from commands.wording.sentences import lines, say
from db import agendas
from db.engine.tx import Reading, Tx
from scoring.moments import Instant, day_of, end_of, local, start_of


@command("agenda", "日历", private=True, never_bare=True, example="日历")
def agenda_(request: Request, tx: Tx) -> Reply:
    """Order the file. Raises Refusal where the platform takes none."""
    if not request.can.files:
        raise Refusal(say("agenda.no_files"))
    return jobs.begin(request, tx, "agenda", say("agenda.making"))


def _make(tx: Reading, order: Order, _tell: Tell) -> Made:
    asking = Asking(
        plan=order.plan,
        people=order.people,
        who=order.people.by_id[order.person],
        at=order.now,
        now=order.now,
    )
    found = agenda.dates(tx, asking)
    before = agendas.sent_to(tx, order.person, order.plan.id)
    ahead = [one for one in found if not one.done]
    held = {one.key: (one.at, one.alarm) for one in ahead}
    gone = {key: at for key, (at, _) in before.dates.items() if key not in held}
    sequence = before.sequence + (held != before.dates)
    entries = [
        *(_entry(order, one.key, one.at, one.alarm, one.text) for one in ahead),
        *(_entry(order, key, at, at, say("agenda.gone"), gone=True) for key, at in gone.items()),
    ]
    made = datetime.fromtimestamp(order.now, UTC)
    data = ics.write(say("agenda.title"), made, max(0, sequence), entries)
    name = say("agenda.file", day=day_of(order.now).strftime("%m%d"))
    text = lines(say("agenda.done", total=len(ahead)), say("agenda.how")) if ahead else ""
    payload = {"text": text or say("agenda.nothing"), "dates": held, "sequence": max(0, sequence)}
    return Made(files=(File(name=name, data=data),) if entries else (), payload=payload)


def _entry(
    order: Order, key: str, at: Instant, alarm: Instant, text: str, *, gone: bool = False
) -> ics.Entry:
    """An entry of the file; what is owed until midnight takes the whole day."""
    whole = at == end_of(day_of(at - 1))
    start = start_of(day_of(at - 1)) if whole else at - int(ics.HALF_AN_HOUR.total_seconds())
    return ics.Entry(
        uid=f"{key}.{order.plan.id}.{order.person}@promobot",
        text=text,
        note="" if gone else say("agenda.note"),
        day=day_of(at - 1) if whole else None,
        until=None if whole else local(at),
        alarm=timedelta(seconds=alarm - start),
        cancelled=gone,
    )


def _send(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    """The file; what it holds is kept, so that it is sent again when that changes."""
    dates = {key: (at, alarm) for key, (at, alarm) in made.payload["dates"].items()}
    sent = agendas.Sent(person=order.person, sequence=made.payload["sequence"], dates=dates)
    agendas.keep(tx, sent, order.plan.id, request.now)
    return Reply(text=made.payload["text"], files=made.files, private=True)


AGENDA = Job(name="agenda", work=_make, finish=_send)
