"""What two assessors agreed on is put in force: at once, or once its postings are prepared.

A text that files facts elsewhere (A18, A21, A24) has its postings prepared by a job, page by page,
while reports go on being taken; then one short transaction switches to it.
"""

from collections.abc import Mapping
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell
from commands.conversation import jobs
from commands.wording.formats import dated
from commands.wording.sentences import say
from db import jobs as queue
from db import plans, publishing, refiling
from db.engine.tx import Reading, Tx
from db.plans import Revision
from scoring.plan import Plan
from scoring.planshow import read_as
from scoring.refiled import files_differently


def refuse_meanwhile(tx: Reading, plan: Plan) -> None:
    """Refuse another revision while one is being prepared."""
    if refiling.running(tx, plan.id):
        raise Refusal(say("readings.preparing"))


def put(request: Request, tx: Tx, text: str, *, why: str, number: str = "") -> Reply:
    """Publish a text that a second assessor has confirmed, or have it prepared. `number`: the
    reading it switches; "" for a plan file."""
    second, asker = request.second, request.who
    assert second is not None  # noqa: S101 - only called with one
    new = plans.read_here(tx, text)
    old = plans.kept(tx).of_year(new.year, request.now)
    args: dict[str, Any] = {"number": number, "by": asker.id, "second": second.id, "why": why}
    if old is None or not files_differently(old, new):
        return _published(request, tx, text, args)
    refuse_meanwhile(tx, old)
    publishing.check(tx, new, text, request.now)
    held = refiling.begin(tx, old, text, why=why, now=request.now)
    told = say("readings.refiling", by=asker.name, second=second.name)
    del args["why"]  # kept with the refiling: a job's arguments hold no text of people
    reply = jobs.begin(request, tx, REFILE.name, told, refiling=held, **args)
    refiling.worked_on(tx, held, queue.latest_of(tx, asker.id, request.now)[0].id)
    return Reply(text=reply.text, notices=_notices(asker.id, told, f"refiling:{held}"))


def _published(request: Request, tx: Tx, text: str, args: Mapping[str, Any]) -> Reply:
    known = request.people.by_id
    by, second = (known[one].name if one in known else "" for one in (args["by"], args["second"]))
    made = publishing.publish(
        tx,
        text,
        now=request.now,
        by=by,
        second=second,
        people=(args["by"], args["second"]),
        why=args["why"],
        prepared=args.get("refiling", 0),
    )
    told = _told(made, args["number"], by, second)
    key = f"in_force:{made.year}.{made.number}"
    return Reply(text=told, notices=_notices(args["by"], told, key))


def _told(made: Revision, number: str, by: str, second: str) -> str:
    said = {"since": dated(made.in_force_from), "year": made.year, "by": by, "second": second}
    if not number:
        return say("plan.published", number=made.number, **said)
    value = read_as(made.plan.readings[number])
    return say("readings.switched", number=number, value=value, revision=made.number, **said)


def _notices(person: int, text: str, key: str) -> tuple[Notice, ...]:
    return (Notice(text=text, person=person, key=key),)


# --- preparing ----------------------------------------------------------------------------


def _work(tx: Reading, order: Order, _tell: Tell) -> Made:
    """What is left to prepare; little enough is left to the switch itself."""
    left = refiling.parts(tx, order.args["refiling"])
    return Made(parts=left, again=True) if len(left) > refiling.FEW else Made()


def _enter(tx: Tx, order: Order, part: refiling.Part) -> None:
    refiling.enter(tx, order.args["refiling"], part, order.now)


def _finish(request: Request, tx: Tx, order: Order, _made: Made) -> Reply:
    row = refiling.one(tx, order.args["refiling"])
    assert row is not None  # noqa: S101 - begun with the order
    return _published(request, tx, row.text, {**order.args, "why": row.why})


REFILE = Job(name="refile", work=_work, enter=_enter, finish=_finish)
