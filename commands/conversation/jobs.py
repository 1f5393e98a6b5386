"""Long work (design 4): a handler orders it, a worker does it outside the chat, and the result
comes back through the gateway as a request from whoever asked.

A kind of work is two functions: `work` reads one snapshot and makes files, slowly, in a thread;
`finish` writes and answers, quickly, in a transaction. A result is identified by the job's
number, so a job repeated after a crash is answered once.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Chat, File, Incoming, Outgoing, Reply
from commands.chat.requests import Made, Order, Request, command
from commands.conversation.postbox import put
from commands.grammar.slots import Slot
from commands.wording.sentences import say
from db import jobs, plans
from db.engine.tx import Row, Tx
from db.people import Directory, Person, directory
from db.plans import Shelf
from db.schema import outbox
from scoring.moments import MINUTE, Instant
from scoring.plan import Plan

DONE = "jobdone"
PATIENCE = 3
"""Seconds until a line first shows the progress of a job, and between such edits (design 4)."""

MOST_OPEN = 3
"""Jobs of one person that wait or are being done."""

WINDOW, MOST_ORDERED = 10 * MINUTE, 20
"""At most so many jobs of one person in so many seconds."""


def begin(
    request: Request, tx: Tx, kind: str, text: str, *, plan: Plan | None = None, **args: Any
) -> Reply:
    """Order a job and say so; the same line will show its progress. A person has one job of a kind
    at a time, and only so many in all. Whoever fetches its files has it done without a job."""
    incoming, told = request.incoming, {**args, "plan": (plan or request.plan).id}
    if incoming.fetches and request.registry.jobs[kind].sends:
        return Reply(text=text, makes=(kind, told), private=True)
    _refuse_more(request, tx, kind)
    jobs.ask(
        tx,
        kind,
        told,
        person=request.who.id,
        platform=incoming.chat.platform,
        account=incoming.author or "",
        chat=incoming.chat.id,
        in_group=incoming.chat.group,
        said=f"{incoming.chat.platform}:{incoming.update}:0",
        now=request.now,
    )
    return Reply(text=text, private=True)


def order_for(tx: Tx, person: Person, kind: str, plan: str, now: Instant) -> None:
    """Order a job of which somebody was told without asking; its result goes to their own chat.
    Nothing is ordered for somebody who cannot be written to, or while one of the kind is open."""
    where = directory(tx).account_of(person.id)
    still = [row.kind for row in jobs.latest_of(tx, person.id, now - WINDOW) if jobs.is_open(row)]
    if where is None or kind in still:
        return
    platform, account, chat = where
    jobs.ask(
        tx,
        kind,
        {"plan": plan},
        person=person.id,
        platform=platform,
        account=account,
        chat=chat,
        in_group=False,
        said="",
        now=now,
    )


def _refuse_more(request: Request, tx: Tx, kind: str) -> None:
    mine = jobs.latest_of(tx, request.who.id, request.now - WINDOW)
    still = [row.kind for row in mine if jobs.is_open(row)]
    if kind in still:
        raise Refusal(say("work.being_made"))
    if len(still) >= MOST_OPEN:
        raise Refusal(say("work.many_open", total=len(still)))
    if len(mine) >= MOST_ORDERED:
        raise Refusal(say("work.many_ordered", total=len(mine)))


def order(row: Row, shelf: Shelf, people: Directory, now: Instant) -> Order:
    """A taken row as an Order."""
    args = json.loads(row.arguments)
    said = {"kind": row.kind, "args": args, "person": row.person, "number": row.id}
    return order_of(shelf, people, now, **said)


def order_of(
    shelf: Shelf,
    people: Directory,
    now: Instant,
    *,
    kind: str,
    args: Mapping[str, Any],
    person: int,
    number: int = 0,
) -> Order:
    """An Order; its plan is that of the year it was ordered under, as known now, or the nearest.
    `number`: of its job, if it is one."""
    return Order(
        number=number,
        kind=kind,
        args=args,
        person=person,
        plan=shelf.by_id(args["plan"], now) or shelf.nearest(now),
        people=people.at(now),
        now=now,
    )


# --- the way back -------------------------------------------------------------------------


def returning(row: Row, made: Made, now: Instant) -> Incoming:
    """The request that carries a job's result."""
    return Incoming(
        update=f"job:{row.id}",
        chat=Chat(platform=row.platform, id=row.chat, group=bool(row.in_group)),
        author=row.account,
        sent_at=now,
        received_at=now,
        press=f"{DONE} #{row.id}",
        file=File(name=DONE, data=_packed(made)),
    )


@command(
    DONE,
    slots=(Slot(name="number", kind="number", required=True),),
    internal=True,
    planless=True,
)
def jobdone(request: Request, tx: Tx) -> Reply:
    """Deliver what a worker made; anybody else is refused, as their update is not the job's."""
    number = request.args["number"]
    row = jobs.job(tx, number)
    if row is None or request.incoming.update != f"job:{number}" or row.state != jobs.TAKEN:
        raise Refusal(say("work.nothing"))
    file = request.incoming.file
    job = request.registry.jobs[row.kind]
    if file is None:
        jobs.failed(tx, number, "too large")
        return Reply(text=say("work.too_large"), private=True)
    made = _unpacked(file.data)
    told = order(row, plans.kept(tx), request.people, request.now)
    reply = job.finish(request, tx, told, made)
    jobs.done(tx, number)
    show(tx, row, say("work.ready"), f"job:{number}:ready", request.now, can=request.can.edit)
    return reply


def sent(request: Request, text: str, files: tuple[File, ...], otherwise: str) -> Reply:
    """Answer with files, or add `otherwise` where the platform takes none."""
    if not request.can.files:
        return Reply(text=f"{text}\n{otherwise}", private=True)
    return Reply(text=text, files=files, private=True)


def show(tx: Tx, row: Row, text: str, key: str, now: Instant, *, can: bool) -> None:
    """Replace the line that announced a job with this text, where messages can be edited."""
    line = tx.find_by(outbox, key=row.said)
    if not can or line is None or not line.message:
        return
    put(
        tx,
        Outgoing(
            key=key,
            chat=Chat(platform=line.platform, id=line.chat),
            kind="edit",
            text=text,
            edits=line.message,
        ),
        person=row.person,
        now=now,
    )


def _packed(made: Made) -> bytes:
    files = [[file.name, b64encode(file.data).decode()] for file in made.files]
    return json.dumps({"payload": made.payload, "files": files}, ensure_ascii=False).encode()


def _unpacked(data: bytes) -> Made:
    body: dict[str, Any] = json.loads(data)
    return Made(
        payload=body["payload"],
        files=tuple(File(name=name, data=b64decode(text)) for name, text in body["files"]),
    )
