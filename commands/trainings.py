"""What 考核组 enters itself: the roll of a training (培训) and weeks that do not count (豁免).

Both count at once. A group is only ever told how many of which unit; names go to the heads of
their units, and only once the roll can no longer be taken back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from commands import dialogue, rolls
from commands.chat import Button, Notice, Reply, Request
from commands.enrol import units_of
from commands.errors import Refusal
from commands.record import judge, record
from commands.registry import Slot, command
from commands.review import TAKE_BACK
from commands.texts import cut, date_text, day, lines, say, short, week
from db import ledger, outbox, people
from db.people import Person
from db.tx import Reading, Tx
from scoring.facts import Verb
from scoring.moments import Instant, day_of, period_days, start_of
from scoring.periods import periods
from scoring.plan import Plan

MAX_TITLE = 40
SHOWN_NAMES = 12

NAMES_ARE_FOR = frozenset({"考核组", "院长", "董办"})
"""Who reads the names of other units than his own."""

Places = list[tuple[int, str]]
"""People with the unit they are charged to, as the details of a training have them."""


@command(
    "training",
    "培训",
    roles="考核组",
    slots=(
        Slot(name="anew", kind="flag", choices=("更正名单",)),
        Slot(name="when", kind="when", required=True, ask="哪一天的培训？如 4月10日"),
        Slot(
            name="text", kind="text", required=True, ask="请发培训名称，再写 缺席 请假 不合格 的人"
        ),
    ),
    example="培训 短视频培训 4月10日 缺席 张三 李四 请假 赵六 不合格 王五",
    never_bare=True,
)
def training(request: Request, tx: Tx) -> Reply:
    """Enter the roll of a training: −1 a person absent or failed, at home (附件3·一)."""
    when = _held_at(request)
    roll = _roll(request)
    if roll.faults:
        key = "training.bad_file" if request.incoming.file else "training.unknown"
        return Reply(text=say(key, who=rolls.shown(roll.faults)), private=True)
    if roll.namesakes:
        return _ask_which(request, tx, *roll.namesakes)
    if not roll.title:
        raise Refusal(say("training.untitled"))
    if not roll.stated and not request.confirmed:
        return dialogue.propose(tx, request, say("training.all_there", title=roll.title))
    title = roll.title[:MAX_TITLE]
    held = ledger.claimed(tx, request.plan, *claim(title, when))
    anew = bool(request.args.get("anew")) and request.confirmed
    if held is not None and not anew:
        line = request.line.replace(" ", " 更正名单 ", 1)
        asked = replace(request, line=line if not request.args.get("anew") else request.line)
        text = say("training.again", number=held, title=roll.title, day=day(when))
        return dialogue.propose(tx, asked, text)
    old = ledger.entry(tx, held) if held is not None else None
    entry = record(
        request,
        tx,
        "training",
        title=title,
        details=_details(request, tx, roll, when),
        claim=claim(title, when),
        replaces=old,
        happened_at=when,
    )
    return Reply(
        text=lines(_receipt(request.plan, entry), say("training.next")),
        buttons=((Button(label=say("button.undo"), says=f"undo #{entry.number}"),),),
        notices=tuple(_to_heads(request, entry)),
    )


def claim(title: str, when: Instant) -> tuple[str, str]:
    """What a standing training holds: its name on its day."""
    return "training", f"{title} {day_of(when)}"


def _held_at(request: Request) -> Instant:
    when: Instant = request.args["when"]
    if day_of(when) > day_of(request.now):
        raise Refusal(say("training.future"))
    if day_of(when) < request.plan.first_day:
        raise Refusal(say("review.before_year", year=request.plan.year))
    return min(when, request.at) if day_of(when) == day_of(request.at) else min(when, request.now)


def _roll(request: Request) -> rolls.Roll:
    roll = rolls.typed(request.args["text"], request.people)
    file = request.incoming.file
    if file is None:
        return roll
    if request.chat.group:
        raise Refusal(say("training.file_in_group"))
    if roll.stated:
        raise Refusal(say("training.two_rolls"))
    return replace(rolls.sheet(file.name, file.data, request.people), title=roll.title)


def _ask_which(request: Request, tx: Tx, said: str, known: tuple[Person, ...]) -> Reply:
    """One button for each of the namesakes: the same line with a 工号 in the name's place."""
    buttons = []
    head, _, text = request.line.partition(" ")
    for person in known[:6]:
        line = f"{head} {text.replace(said, person.staff_no, 1)}"
        number = dialogue.keep(tx, replace(request, line=line))
        label = f"{person.name} {short(request.plan, person.unit)} {person.staff_no}"
        buttons.append((Button(label=label, says=f"answer {number} 确认"),))
    text = say("training.which", name=said, total=len(known))
    return Reply(text=text, buttons=tuple(buttons), private=True)


def _details(request: Request, tx: Reading, roll: rolls.Roll, when: Instant) -> dict[str, Any]:
    """The lists, each person with his unit at the time of the training (A07)."""
    units = people.staff_at(tx, when, request.now)

    def placed(name: str) -> Places:
        return [(one.id, units.get(one.id, one.unit)) for one in roll.of(name)]

    lists = {name: placed(name) for name in ("absent", "failed", "leave")}
    return {name: some for name, some in lists.items() if some}


# --- what is told -------------------------------------------------------------------------


def _receipt(plan: Plan, entry: ledger.Entry) -> str:
    """How many of which unit; never who (C8)."""
    details = entry.fact.details
    said = [
        say(f"training.{name}_units", said=_counts(plan, details[name]))
        for name in ("absent", "failed")
        if details.get(name)
    ]
    if details.get("leave"):
        said.append(say("training.leave_total", total=len(details["leave"])))
    return say(
        "training.received",
        number=entry.number,
        title=entry.title,
        day=day(entry.fact.happened_at),
        said="；".join(said) or say("training.nobody"),
    )


def _counts(plan: Plan, placed: Iterable[Any]) -> str:
    counts = Counter(unit for _, unit in placed)
    return "、".join(f"{short(plan, unit)} {count}" for unit, count in counts.items())


def charged(entry: ledger.Entry) -> tuple[str, ...]:
    """The units that a training takes points from."""
    details = entry.fact.details
    placed = [*details.get("absent", ()), *details.get("failed", ())]
    return tuple(dict.fromkeys(unit for _, unit in placed))


def _to_heads(request: Request, entry: ledger.Entry) -> Iterator[Notice]:
    """The unit's names to its head, held back as long as the roll can be taken back (C5)."""
    button = Button(label=say("button.appeal"), says=f"appeal #{entry.number}")
    for unit in charged(entry):
        for head in request.people.heads(unit):
            yield Notice(
                text=lines(
                    say(
                        "training.to_head",
                        number=entry.number,
                        title=entry.title,
                        day=day(entry.fact.happened_at),
                        unit=short(request.plan, unit),
                        said=names(request, entry, unit),
                    ),
                    say("training.may_appeal", number=entry.number),
                ),
                person=head.id,
                buttons=((button,),),
                key=told_key(entry.number, head.id),
                due_at=request.now + TAKE_BACK,
            )


def told_key(number: int, person: int) -> str:
    """The outbox key of what a head is told of a training, so that taking it back withdraws it."""
    return f"training:{number}:{person}"


def names(request: Request, entry: ledger.Entry, unit: str) -> str:
    """缺席 周某、吴某；请假 赵某不扣: the people of a unit on a roll. Private, always."""
    said = []
    for name in ("absent", "failed", "leave"):
        own = dict.fromkeys(
            person for person, at_home in entry.fact.details.get(name, ()) if at_home == unit
        )
        if own:
            known = [request.people.by_id.get(person) for person in own]
            shown = [person.name if person else say("training.gone") for person in known]
            total = len(shown)
            rest = say("training.more", rest=total - SHOWN_NAMES) if total > SHOWN_NAMES else ""
            listed = "、".join(shown[:SHOWN_NAMES]) + rest
            said.append(say(f"training.{name}_names", names=listed))
    return "；".join(said)


def explained(request: Request, unit: str, entries: Iterable[ledger.Entry]) -> str:
    """The trainings a unit lost points by, with names for those who may read them."""
    who = request.who
    may = who.unit == unit or not who.roles.isdisjoint(NAMES_ARE_FOR)
    said = []
    for entry in entries:
        if entry.fact.kind == "training" and unit in charged(entry):
            own = names(request, entry, unit) if may else ""
            said.append(
                say(
                    "training.behind",
                    said=own or say("training.names_elsewhere"),
                    day=day(entry.fact.happened_at),
                    title=entry.title,
                    number=entry.number,
                )
            )
    return "".join(said[-3:])


def check_undo(request: Request, entry: ledger.Entry) -> None:
    """A roll counts at once, so it is taken back like a decision; an upheld appeal stays."""
    if entry.fact.details.get("upheld"):
        raise Refusal(say("undo.roll_upheld", number=entry.number))
    if request.now - entry.fact.recorded_at > TAKE_BACK:
        raise Refusal(say("undo.roll_too_late", number=entry.number))


def undone(request: Request, tx: Tx, entry: ledger.Entry) -> None:
    """What follows when its recorder takes a roll back: heads who were not told of it yet never
    are, and the roll that it replaced stands again."""
    if entry.fact.kind != "training":
        return
    for unit in charged(entry):
        for head in request.people.heads(unit):
            outbox.withdraw(tx, told_key(entry.number, head.id))
    old = ledger.entry(tx, entry.supersedes) if entry.supersedes else None
    if old is not None:
        judge(request, tx, old, Verb.RETRACT)


def taken_back(request: Request, entries: Iterable[ledger.Entry]) -> Iterator[Notice]:
    """The heads of units whose waiver is taken back are told so."""
    for entry in entries:
        if entry.fact.kind == "waiver":
            yield from _tell_taken_back(request, entry)


def _tell_taken_back(request: Request, entry: ledger.Entry) -> tuple[Notice, ...]:
    plan, heads = request.plan, request.people.heads
    text = say(
        "waive.taken_back",
        number=entry.number,
        unit=short(plan, entry.fact.unit),
        weeks=_weeks(entry.fact.details["weeks"]),
    )
    return tuple(
        Notice(text=text, person=head.id, key=f"waiver back:{entry.number}:{head.id}")
        for head in heads(entry.fact.unit)
        if head.id != request.who.id
    )


# --- waiving weeks ------------------------------------------------------------------------


@command(
    "waive",
    "豁免",
    roles="考核组",
    slots=(
        Slot(name="weeks", kind="weeks", required=True, ask="哪几周？如 第40周、第40-41周"),
        Slot(name="all", kind="flag", choices=("全部",)),
        Slot(name="unit", kind="unit"),
        Slot(name="reason", kind="text", required=True, ask="请说一句理由，如 国庆"),
    ),
    example="豁免 机电 第40周 国庆",
)
def waive(request: Request, tx: Tx) -> Reply:
    """Take weeks out of what a unit's video account owes (A28); the week counts for nothing."""
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
                    title=cut(reason, MAX_TITLE),
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
        notices=tuple(_tell_waived(request, taken)),
    )


def _waived_units(request: Request) -> tuple[list[str], str]:
    """Whom it is for, and the reason without further units that it began with."""
    plan, reason = request.plan, request.args["reason"]
    accounts = list(plan.sharers)
    if request.args.get("all"):
        return [unit for unit in accounts if not _own(request, unit)], reason
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
        if _own(request, unit):
            raise Refusal(say("waive.own_unit", unit=short(plan, unit)))
    return list(dict.fromkeys(units)), reason


def _own(request: Request, unit: str) -> bool:
    """Whether the asker's unit is that one, or shares its account (A16, A44)."""
    return request.who.unit in request.plan.sharers.get(unit, (unit,))


def _due(plan: Plan, unit: str, weeks: Iterable[str]) -> list[str]:
    """Those of the periods that the unit's account is measured by (A19)."""
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
    return "、".join(week(one) if "W" in one else f"{int(one[-2:])}月" for one in weeks)


def _waived(request: Request, taken: list[ledger.Entry], weeks: Iterable[str]) -> str:
    first, last = taken[0].number, taken[-1].number
    return say(
        "waive.received",
        numbers=f"#{first}" if first == last else f"#{first}–#{last}",
        units="、".join(short(request.plan, entry.fact.unit) for entry in taken),
        weeks=_weeks(weeks),
        reason=taken[0].title,
    )


def _undo(taken: list[ledger.Entry]) -> Button:
    first, last = taken[0].number, taken[-1].number
    one = first == last
    says = f"undo #{first}" if one else f"undo #{first}-{last}"
    return Button(label=say("button.undo" if one else "button.undo_all"), says=says)


def _tell_waived(request: Request, taken: list[ledger.Entry]) -> Iterator[Notice]:
    for entry in taken:
        for head in request.people.heads(entry.fact.unit):
            if head.id != request.who.id:
                text = say(
                    "waive.to_head",
                    number=entry.number,
                    unit=short(request.plan, entry.fact.unit),
                    weeks=_weeks(entry.fact.details["weeks"]),
                    reason=entry.title,
                )
                yield Notice(text=text, person=head.id, key=f"waived:{entry.number}:{head.id}")
