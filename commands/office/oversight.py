"""催办 审计 健康: what an administrator checks and triggers, without deciding any fact."""

from collections.abc import Iterator

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import calls, proposals
from commands.duties import standing
from commands.filing import describe
from commands.grammar.slots import Slot
from commands.wording.formats import address, clock, moment, short_name
from commands.wording.sentences import lines, say, say_first
from db import audit, chats, leadtext, leases, ledger, outages, outbox
from db.engine.tx import Reading, Row, Tx
from db.people import ADMIN, Person
from scoring.duties import board, gates
from scoring.facts import Verb
from scoring.moments import DAY, Instant, day_of
from scoring.plan import Unit

NAMED = 8

GAPS, MOST_GAPS = 3 * DAY, 3

OLD = 2 * DAY
"""The age at which a backup calls for somebody to look."""


@command("nudge", "催办", roles=ADMIN, never_bare=True, private=True, example="催办")
def nudge(request: Request, tx: Tx) -> Reply:
    """Tell heads and officers of units with gaps what is missing, after a preview, once a day."""
    units = request.plan.scored_units
    owing = {unit.code: text for unit in units if (text := _owed(request, tx, unit))}
    told = [
        (person, unit)
        for unit in units
        if unit.code in owing
        for person in _responsible(request, unit)
    ]
    if not told:
        return Reply(text=say("nudge.none"))
    if not request.confirmed:
        named = "、".join(short_name(unit) for unit in units if unit.code in owing)
        people = len({person.id for person, _ in told})
        return proposals.propose(tx, request, say("nudge.will", people=people, units=named))
    today = day_of(request.now).isoformat()
    notices = {
        person.id: Notice(
            text=say(
                "nudge.text",
                who=address(person, request.plan),
                unit=short_name(unit),
                said=owing[unit.code],
            ),
            person=person.id,
            key=f"nudge:{today}:{person.id}",
        )
        for person, unit in told
    }
    if all(outbox.said(tx, notice.key) for notice in notices.values()):
        raise Refusal(say("nudge.already"))
    text = say("nudge.done", people=len(notices))
    groups = calls.lines(request, tx, notices, f"nudge:{today}")
    return Reply(text=text, notices=(*notices.values(), *groups))


def _owed(asking: Asking, tx: Reading, unit: Unit) -> str:
    tallies = ledger.tallies(tx, asking.plan)
    gaps = [row for row in board(asking.plan, unit, tallies, asking.now) if row.missing]
    ahead = [
        asking.plan.item[gate.item].word
        for gate in gates(asking.plan, unit, tallies, asking.now)
        if gate.item and gate.missing and gate.period is None
    ]
    return "　".join(part for part in (standing.shown(gaps), "、".join(ahead)) if part)


def _responsible(asking: Asking, unit: Unit) -> list[Person]:
    people = (*asking.people.heads(unit.code), *asking.people.officers(unit.code))
    return list({person.id: person for person in people}.values())


@command(
    "audit",
    "审计",
    roles=ADMIN,
    slots=(Slot(name="number", kind="number", required=True, ask="ask.number"),),
    reads=True,
    private=True,
    never_bare=True,
    planless=True,
    example="审计 #12",
)
def audit_(request: Request, tx: Reading) -> Reply:
    """Who did what to a fact and when, and who saw its phone number how often (C28)."""
    number = request.args["number"]
    rows = audit.about(tx, f"#{number}")
    if not rows:
        raise Refusal(say("audit.none", number=number))
    what = _what(request, tx, number)
    erased = {row.at for row in rows if row.action == ERASED}
    groups = {row.chat: row.title for row in chats.groups(tx)}
    said = [
        say(
            "audit.row",
            when=moment(row.at),
            name=name_of(request, row.person),
            where=say("audit.group", title=groups[row.chat]) if row.chat in groups else "",
            action=action_word(row.action),
        )
        for row in rows
        if row.action != LOOKED and not (row.action == LEFT and row.at in erased)
    ]
    return Reply(
        text=lines(
            say("audit.trail", number=number, what=what, said="；".join(said)),
            _looks(request, [row for row in rows if row.action == LOOKED]),
        )
    )


LOOKED = "reveal"
"""The action noted each time a phone number is shown in full."""

ERASED, LEFT = "erase", Verb.WITHDRAW.value
"""Erasing a lead also withdraws it at the same instant; nobody took it back."""


def action_word(action: str) -> str:
    """The word for an action of the audit trail; the kind of a fact means that it was reported."""
    return say_first(f"action.{action}", "action.report")


def _looks(asking: Asking, rows: list[Row]) -> str:
    """Who saw the full number, how often, and when last; "" if nobody did."""
    seen: dict[int, list[Row]] = {}
    for row in rows:
        seen.setdefault(row.person, []).append(row)
    said = [
        say(
            "audit.looks",
            name=name_of(asking, person),
            times=len(own),
            when=moment(own[-1].at),
        )
        for person, own in seen.items()
    ]
    return say("audit.looked", said="、".join(said)) if said else ""


def name_of(asking: Asking, person: int | None) -> str:
    found = asking.people.by_id.get(person) if person is not None else None
    if found is not None:
        return found.name
    return say("audit.shell") if person is None else say("audit.left")


def _what(asking: Asking, tx: Reading, number: int) -> str:
    entry = ledger.entry(tx, number)
    if entry is None:
        return ""
    if entry.fact.kind == "lead" and leadtext.is_erased(tx, number):
        return say("lead.erased")
    return describe.what(asking, entry)


def unreached(asking: Asking) -> list[str]:
    """The names of those whom no message reaches on any of their accounts."""
    return [
        person.name
        for person in asking.people.by_id.values()
        if (held := asking.people.addresses.get(person.id))
        and not any(address_.reachable for address_ in held)
    ]


@command(
    "health",
    "健康",
    roles=ADMIN,
    reads=True,
    private=True,
    never_bare=True,
    planless=True,
    example="健康",
)
def health(request: Request, tx: Reading) -> Reply:
    """The state of the outbox, and whom no message reaches, as far as the database knows."""
    counts = outbox.counts(tx)
    nobody = unreached(request)
    names = "、".join(nobody[:NAMED])
    return Reply(
        text=lines(
            say(
                "health.queue",
                waiting=counts.get(outbox.WAITING, 0),
                buried=counts.get(outbox.BURIED, 0) + counts.get(outbox.HELD, 0),
                sent=counts.get(outbox.SENT, 0),
            ),
            *_undelivered(tx, request.now),
            *_gaps(tx, request.now),
            *_rights(tx),
            say("health.unreached", total=len(nobody), names=names)
            if nobody
            else say("health.reached"),
            _backups(tx, request.now),
            _at_work(tx),
        )
    )


def _at_work(tx: Reading) -> str:
    """Which process does what only one of them does; "" if none holds a lease."""
    works: dict[str, list[str]] = {}
    for lease, holder in sorted(leases.holders(tx).items()):
        work, _, whose = lease.partition(":")
        platform = whose.partition(":")[0]
        word = say_first(f"lease.{work}_{platform}".rstrip("_"), "lease.other")
        works.setdefault(leases.spoken(holder), []).append(word)
    said = [
        say("health.worker", process=process, works="、".join(words))
        for process, words in sorted(works.items())
    ]
    return say("health.at_work", said="；".join(said)) if said else ""


def _undelivered(tx: Reading, now: Instant) -> Iterator[str]:
    """What a platform does not take: what still waits, and what has ended."""
    for row in outbox.overdue(tx, now):
        when = moment(row.since)
        yield say("health.overdue", platform=row.platform, total=row.rows, when=when)
    if total := outbox.stale(tx, now - 7 * DAY):
        yield say("health.stale", total=total)


def _gaps(tx: Reading, now: Instant) -> Iterator[str]:
    """When a platform was out of reach: what is not over, and the newest of the last days."""
    for outage in outages.latest(tx, now - GAPS)[:MOST_GAPS]:
        platform = say_first(f"platform.{outage.platform}", "platform.other")
        since, until = moment(outage.since), outage.until
        if until is None:
            yield say("health.gap_open", platform=platform, since=since)
            continue
        same = day_of(until) == day_of(outage.since)
        ended = clock(until) if same else moment(until)
        yield say("health.gap", platform=platform, since=since, until=ended)


def _rights(tx: Reading) -> Iterator[str]:
    """The linked groups in which the bot cannot remove a number."""
    short = [row.title or row.chat for row in chats.groups(tx) if "delete" in (row.lacks or "")]
    if short:
        yield say("health.rights", groups="、".join(short[:NAMED]), total=len(short))


def _backups(tx: Reading, now: Instant) -> str:
    made = next(
        (r for r in reversed(audit.about(tx, audit.BACKUP)) if r.action == audit.BACKUP), None
    )
    last = audit.last(tx, audit.BACKUP)
    if last is not None and last.action == audit.BACKUP_FAILED:
        failed = say("health.backup_failed", when=moment(last.at))
        return failed + (say("health.backup_before", when=moment(made.at)) if made else "")
    if made is None:
        return say("health.backup")
    key = "health.backup_old" if now - made.at > OLD else "health.backup_made"
    return say(key, when=moment(made.at))
