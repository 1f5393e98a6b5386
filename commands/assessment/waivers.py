"""豁免: weeks, or months for an account measured monthly, that do not count (A28).

考核组 enters it and it counts at once; heads hear of it, and again when it is taken back.
"""

from collections.abc import Iterable, Iterator

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.filing.deciders import barred, sharing
from commands.filing.kinds import KINDS
from commands.filing.record import record
from commands.grammar.lexicon import units_of
from commands.grammar.slots import Slot
from commands.wording.formats import cut, date_text, period_name, short
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Tx
from scoring.moments import period_days, start_of
from scoring.periods import periods
from scoring.plan import Plan

MAX_REASON = 40


ASSESSOR = "考核组"


@command(
    "waive",
    "豁免",
    roles=ASSESSOR,
    slots=(
        Slot(name="weeks", kind="weeks", required=True, ask="ask.weeks"),
        Slot(name="all", kind="flag", choices=("全部",)),
        Slot(name="unit", kind="unit"),
        Slot(name="reason", kind="text", required=True, ask="ask.waiver_reason"),
    ),
    example="豁免 机电 第40周 国庆",
)
def waive(request: Request, tx: Tx) -> Reply:
    """Take weeks out of what a unit's video account owes (A28); they do not count either way."""
    plan = request.plan
    units, reason = _waived_units(request)
    weeks = tuple(request.args["weeks"])
    taken, done = [], []
    for unit in units:
        due = _due(plan, unit, weeks)
        fresh = [one for one in due if not tx.tally(plan.id, unit, "waiver.accepted", one)]
        if fresh:
            begins = start_of(period_days(fresh[0])[0])
            taken.append(
                record(
                    request,
                    tx,
                    "waiver",
                    title=cut(reason, MAX_REASON),
                    details={"weeks": fresh},
                    unit=unit,
                    happened_at=min(begins, request.at),
                )
            )
        elif due:
            done.append(unit)
    if not taken:
        raise Refusal(_nothing_waived(plan, units, weeks, done))
    return Reply(
        text=lines(_waived(request, taken, weeks), say("waive.next")),
        buttons=((_undo(taken),),),
        notices=tuple(
            notice
            for entry in taken
            for notice in _to_heads(request, entry, "waive.to_head", "waived")
        ),
    )


def _waived_units(request: Request) -> tuple[list[str], str]:
    """The units waived, and the reason without further units named at its start."""
    plan, reason = request.plan, request.args["reason"]
    accounts = list(plan.sharers)
    if request.args.get("all"):
        return [unit for unit in accounts if not barred_from(request, unit)], reason
    units = [request.args["unit"]] if request.args.get("unit") else []
    find = units_of(plan)
    words = reason.replace("、", " ").replace("，", " ").split()
    while units and len(words) > 1 and (code := find(words[0])):
        units.append(code)
        words = words[1:]
        reason = " ".join(words)
    if not units:
        raise Refusal(say("waive.which"))
    for unit in units:
        if unit not in accounts:
            raise Refusal(say("waive.no_account", unit=short(plan, unit)))
        if barred_from(request, unit):
            raise Refusal(say("waive.own_unit", unit=short(plan, unit)))
    return list(dict.fromkeys(units)), reason


def barred_from(asking: Asking, unit: str) -> bool:
    """Whether the asker belongs to the unit, or to one that shares its account (A16, A44)."""
    return barred(asking.who, sharing(asking.plan, [unit]), ASSESSOR)


def _due(plan: Plan, unit: str, weeks: Iterable[str]) -> list[str]:
    """Those of the weeks or months by which the unit's account is measured (A19)."""
    known = periods(plan)[plan.by_code[unit].quotas["video"].per]
    return [one for one in weeks if one in known]


def _nothing_waived(plan: Plan, units: list[str], weeks: Iterable[str], done: Iterable[str]) -> str:
    names_of = "、".join(short(plan, unit) for unit in units)
    if list(done):
        return say("waive.already", unit=names_of, weeks=_weeks(weeks))
    monthly = plan.by_code[units[0]].quotas["video"].per == "month"
    if monthly != all("W" not in one for one in weeks):
        return say("waive.by_month" if monthly else "waive.by_week", unit=names_of)
    first = date_text(plan.effective_from)
    return say("waive.outside", weeks=_weeks(weeks), first=first)


def _weeks(weeks: Iterable[str]) -> str:
    return "、".join(map(period_name, weeks))


def _waived(asking: Asking, taken: list[ledger.Entry], weeks: Iterable[str]) -> str:
    first, last = taken[0].number, taken[-1].number
    return say(
        "waive.received",
        numbers=f"#{first}" if first == last else f"#{first}–#{last}",
        units="、".join(short(asking.plan, entry.fact.unit) for entry in taken),
        weeks=_weeks(weeks),
        reason=taken[0].title,
    )


def _undo(taken: list[ledger.Entry]) -> Button:
    first, last = taken[0].number, taken[-1].number
    one = first == last
    label = say("button.undo" if one else "button.undo_all")
    return Button.of(label, "undo", f"#{first}" if one else f"#{first}-{last}")


def taken_back(asking: Asking, entries: Iterable[ledger.Entry]) -> Iterator[Notice]:
    """Tell the heads of units that their waiver is taken back."""
    for entry in entries:
        if KINDS[entry.fact.kind].undone == "waiver":
            yield from _to_heads(asking, entry, "waive.taken_back", "waiver back")


def _to_heads(asking: Asking, entry: ledger.Entry, sentence: str, key: str) -> Iterator[Notice]:
    text = say(
        sentence,
        number=entry.number,
        unit=short(asking.plan, entry.fact.unit),
        weeks=_weeks(entry.fact.details["weeks"]),
        reason=entry.title,
    )
    for head in asking.people.heads(entry.fact.unit):
        if head.id != asking.who.id:
            yield Notice(text=text, person=head.id, key=f"{key}:{entry.number}:{head.id}")
