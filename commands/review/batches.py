"""Deciding several facts at once, and the one notice each reporter gets of it."""

from collections.abc import Iterable

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request
from commands.conversation import proposals
from commands.duties import completion
from commands.filing import cases
from commands.filing.describe import brief, what
from commands.filing.kinds import KINDS
from commands.filing.record import TAKE_BACK, judge
from commands.leads import news
from commands.review import seconds
from commands.review.checks import APPROVE, CERTIFY, INVALID, Way, check, is_minor
from commands.review.waiting import waiting
from commands.wording.formats import cut
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Reading, Tx
from scoring.moments import Instant

MOST_AT_ONCE = 10
MOST_LEADS_AT_ONCE = 50


def decide_many(request: Request, tx: Tx, way: Way, numbers: tuple[int, ...]) -> Reply:
    most = MOST_LEADS_AT_ONCE if way.of_leads else MOST_AT_ONCE
    if request.args.get("when"):
        raise Refusal(say("review.one_time"))
    good, refused = _sorted_out(request, tx, way, numbers)
    if not good:
        raise Refusal(refused or say("review.none_of_them", way=say(f"way.{way.word}")))
    if len(good) > most:
        raise Refusal(say("review.too_many", most=most))
    names = "、".join(f"#{entry.number} {brief(request, entry)}" for entry in good)
    if not request.confirmed:
        text = say(
            "review.batch", way=say(f"way.{way.word}"), total=len(good), names=cut(names, 120)
        )
        label = say("review.confirm_batch", total=len(good))
        judges_topic = way is APPROVE and any(KINDS[one.fact.kind].topical for one in good)
        topic = say("review.on_topic") if judges_topic else ""
        return proposals.propose(tx, request, lines(text, topic, refused), label=label)
    reason = request.args.get("reason", "")
    batch = good[0].number
    for entry in good:
        judge(request, tx, entry, way.verb, reason=reason, minor=is_minor(request), batch=batch)
    completion.note(request, tx, good)
    left = len(waiting(request, tx))
    return Reply(
        text=say("review.batch_done", way=say(f"way.{way.word}"), total=len(good), left=left),
        buttons=((Button.of(say("button.undo_batch"), "undo"),),),
        notices=news.about(request, tx, {entry.fact.person for entry in good})
        if way in (CERTIFY, INVALID)
        else tuple(_merged(request, way, good, reason, batch)),
    )


def _sorted_out(
    asking: Asking, tx: Reading, way: Way, numbers: Iterable[int]
) -> tuple[list[ledger.Entry], str]:
    """What of a list can be decided; numbers of another kind are skipped (C5), the asker's own
    unit's and what is decided already are named."""
    good: list[ledger.Entry] = []
    refused: list[str] = []
    for number in dict.fromkeys(numbers):
        entry = ledger.entry(tx, number)
        if entry is None or (entry.fact.kind == "lead") != way.of_leads:
            continue
        try:
            check(asking, tx, way, entry)
        except Refusal as refusal:
            refused.append(str(refusal))
        else:
            alone = "second" if seconds.proposed(asking, tx, entry) else ""
            if cases.wants_time(entry, ledger.stands(tx, number)):
                alone = "review"
            if alone:
                refused.append(say(f"{alone}.alone", number=number))
            else:
                good.append(entry)
    return good, "\n".join(refused[:2])


def _merged(
    request: Request, way: Way, entries: list[ledger.Entry], reason: str, batch: int
) -> Iterable[Notice]:
    """One notice a reporter, held back until the batch can no longer be taken back (C5)."""
    by_person: dict[int, list[ledger.Entry]] = {}
    done = "minor" if is_minor(request) else way.word
    for entry in entries:
        if entry.fact.person != request.who.id:
            by_person.setdefault(entry.fact.person, []).append(entry)
    for person, own in by_person.items():
        said = "、".join(f"#{entry.number} {what(request, entry)}" for entry in own)
        yield Notice(
            text=say("told.batch", said=said, way=say(f"way.{done}"), reason=reason).strip(),
            person=person,
            key=batch_key(batch, request.now, person),
            due_at=request.now + TAKE_BACK,
        )


def batch_key(batch: int, at: Instant, person: int) -> str:
    """The outbox key of a batch's merged notice, so that taking it back can withdraw it."""
    return f"batch:{batch}:{at}:{person}"
