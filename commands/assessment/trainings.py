"""培训: 考核组 enters the roll of a training; it counts at once.

A group hears only how many people of each unit; names go to the heads of their units, and each
who was absent or failed is told, once the roll can no longer be taken back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from commands.assessment import rolls
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Opener, Request, command
from commands.conversation import proposals
from commands.filing.describe import entry_of
from commands.filing.record import TAKE_BACK, judge, record
from commands.grammar.slots import Slot
from commands.tables.cells import Unreadable
from commands.wording.formats import day, points, short
from commands.wording.sentences import lines, say
from db import histories, ledger, outbox, people
from db.engine.tx import Reading, Tx
from db.people import Person
from scoring.facts import Verb
from scoring.moments import Instant, day_of
from scoring.plan import Plan
from scoring.verdicts import EVERYBODY

MAX_TITLE = 40
SHOWN_NAMES = 12

NAMES_ARE_FOR = frozenset({"考核组", "院长", "董办"})
"""Roles that may read the names of other units than their own."""

Places = list[tuple[int, str]]
"""People with the unit they are charged to, as stored in the details of a training."""


def _read(name: str, data: bytes, _plan: Plan, _now: Instant) -> list[rolls.Line]:
    return rolls.table(name, data)


@command(
    "training",
    "培训",
    roles="考核组",
    slots=(
        Slot(name="anew", kind="flag", choices=("更正名单",)),
        Slot(name="when", kind="when", required=True, ask="ask.training_when"),
        Slot(name="text", kind="text", required=True, ask="ask.training_text"),
    ),
    opens=Opener(read=_read, value=tuple),
    example="培训 短视频培训 4月10日 缺席 张三 李四 请假 赵六 不合格 王五",
    never_bare=True,
)
def training(request: Request, tx: Tx) -> Reply:
    """Enter the roll of a training: −1 to the unit per person absent or failed (附件3·一)."""
    when = _held_at(request)
    roll = _roll(request)
    if roll.faults:
        key = "training.bad_file" if request.incoming.file else "training.unknown"
        return Reply(text=say(key, who=rolls.shown(roll.faults)), private=True)
    if roll.namesakes:
        return _ask_which(request, tx, *roll.namesakes)
    if not roll.title:
        roll = replace(roll, title=say("training.plain_title"))
    if not roll.stated and not request.confirmed:
        return proposals.propose(tx, request, say("training.all_there", title=roll.title))
    title = roll.title[:MAX_TITLE]
    held = ledger.claimed(tx, request.plan, *claim(title, when))
    anew = bool(request.args.get("anew")) and request.confirmed
    if held is not None and not anew:
        line = request.line.replace(" ", " 更正名单 ", 1)
        asked = replace(request, line=line if not request.args.get("anew") else request.line)
        text = say("training.again", number=held, title=roll.title, day=day(when))
        return proposals.propose(tx, asked, text)
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
        buttons=((Button.of(say("button.undo"), "undo", f"#{entry.number}"),),),
        notices=(*_to_heads(request, entry), *_to_named(request, entry, old)),
    )


def claim(title: str, when: Instant) -> tuple[str, str]:
    """The claim of a training that stands: its title and day."""
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
    if request.incoming.file is None:
        return roll
    if request.chat.group:
        raise Refusal(say("training.file_in_group"))
    if roll.stated:
        raise Refusal(say("training.two_rolls"))
    try:
        read = rolls.sheet(request.opened, request.people)
    except Unreadable as why:
        read = rolls.Roll(faults=[str(why)])
    return replace(read, title=roll.title)


def _ask_which(request: Request, tx: Tx, said: str, known: tuple[Person, ...]) -> Reply:
    """One button per namesake, which sends the same line with a 工号 in place of the name."""
    buttons = []
    head, _, text = request.line.partition(" ")
    for person in known[:6]:
        line = f"{head} {text.replace(said, person.staff_no, 1)}"
        number = proposals.keep(tx, replace(request, line=line))
        label = f"{person.name} {short(request.plan, person.unit)} {person.staff_no}"
        buttons.append((Button.of(label, "answer", f"{number} 确认"),))
    text = say("training.which", name=said, total=len(known))
    return Reply(text=text, buttons=tuple(buttons), private=True)


def _details(asking: Asking, tx: Reading, roll: rolls.Roll, when: Instant) -> dict[str, Any]:
    """The lists, each person with their unit at the time of the training (A07)."""
    units = people.staff_at(tx, when, asking.now)

    def placed(name: str) -> Places:
        return [(one.id, units.get(one.id, one.unit)) for one in roll.of(name)]

    lists = {name: placed(name) for name in ("absent", "failed", "leave", "resit")}
    return {name: some for name, some in lists.items() if some}


# --- what is told -------------------------------------------------------------------------


def _receipt(plan: Plan, entry: ledger.Entry) -> str:
    """How many people of each unit; never who (C8)."""
    details = entry.fact.details
    said = [
        say(f"training.{name}_units", said=_counts(plan, details[name]))
        for name in ("absent", "failed")
        if details.get(name)
    ]
    said += [
        say(f"training.{name}_total", total=len(details[name]))
        for name in ("leave", "resit")
        if details.get(name)
    ]
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


def _to_heads(asking: Asking, entry: ledger.Entry) -> Iterator[Notice]:
    """Tell each head the unit's names, held back while the roll can be taken back (C5)."""
    button = Button.of(say("button.appeal"), "appeal", f"#{entry.number}")
    for unit in charged(entry):
        for head in asking.people.heads(unit):
            yield Notice(
                text=lines(
                    say(
                        "training.to_head",
                        number=entry.number,
                        title=entry.title,
                        day=day(entry.fact.happened_at),
                        unit=short(asking.plan, unit),
                        said=names(asking, entry, unit),
                    ),
                    say("training.may_appeal", number=entry.number, **_charges(asking.plan)),
                ),
                person=head.id,
                buttons=((button,),),
                key=told_key(entry.number, head.id),
                due_at=asking.now + TAKE_BACK,
            )


def _charges(plan: Plan) -> dict[str, str]:
    """What an absence and a failed test cost."""
    return {name: points(plan.term("training", name)) for name in ("absence", "failure")}


def _to_named(asking: Asking, entry: ledger.Entry, old: ledger.Entry | None) -> Iterator[Notice]:
    """Tell each who was absent or failed, and those who were on the roll that this one replaces
    and are not any more; a head has read it in the names of the unit."""
    heads = {head.id for unit in charged(entry) for head in asking.people.heads(unit)}
    now, before = _results(entry), _results(old) if old is not None else {}
    for person in sorted({*now, *before} - heads - {asking.who.id}):
        if person in asking.people.by_id:
            said = "、".join(say(f"training.was_{name}") for name in now.get(person, ()))
            yield Notice(
                text=say(
                    "training.to_named" if said else "training.to_cleared",
                    number=entry.number,
                    title=entry.title,
                    day=day(entry.fact.happened_at),
                    said=said,
                ),
                person=person,
                key=told_key(entry.number, person),
                due_at=asking.now + TAKE_BACK,
            )


CHARGED = ("absent", "failed")
"""The lists of a roll that cost points."""


def _results(entry: ledger.Entry) -> dict[int, list[str]]:
    """Person -> the charged lists that they are on."""
    found: dict[int, list[str]] = {}
    for name in CHARGED:
        for person, _ in entry.fact.details.get(name, ()):
            found.setdefault(person, []).append(name)
    return found


def told_key(number: int, person: int) -> str:
    """The outbox key of somebody's notice of a training, so that taking it back withdraws it."""
    return f"training:{number}:{person}"


def names(asking: Asking, entry: ledger.Entry, unit: str) -> str:
    """缺席 周某、吴某；请假 赵某不扣: the people of a unit on a roll. Always private."""
    said = []
    for name in ("absent", "failed", "leave", "resit"):
        own = dict.fromkeys(
            person for person, at_home in entry.fact.details.get(name, ()) if at_home == unit
        )
        if own:
            known = [asking.people.by_id.get(person) for person in own]
            shown = [person.name if person else say("training.gone") for person in known]
            total = len(shown)
            rest = say("training.more", rest=total - SHOWN_NAMES) if total > SHOWN_NAMES else ""
            listed = "、".join(shown[:SHOWN_NAMES]) + rest
            said.append(say(f"training.{name}_names", names=listed))
    return "；".join(said)


def explained(asking: Asking, unit: str, entries: Iterable[ledger.Entry]) -> str:
    """The trainings that cost a unit points, with names for those who may read them."""
    who = asking.who
    may = who.unit == unit or not who.roles.isdisjoint(NAMES_ARE_FOR)
    said = []
    for entry in entries:
        if entry.fact.kind == "training" and unit in charged(entry):
            own = names(asking, entry, unit) if may else ""
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


LISTS = (*CHARGED, "leave", "resit")
LOOKED_AT = 8
"""How many trainings 我的 looks back on."""

SHOWN_OF_ONE = 3


def of_person(asking: Asking, tx: Reading) -> list[str]:
    """How the asker stood in the newest trainings: those in which they were named, else the last
    one, where they were there."""
    numbers = histories.behind(tx, asking.plan, [(EVERYBODY, "training.held")])
    entries = [entry_of(tx, number) for number in numbers[-LOOKED_AT:][::-1]]
    said = [
        (
            entry,
            "、".join(
                say(f"training.was_{name}")
                for name in LISTS
                if any(person == asking.who.id for person, _ in entry.fact.details.get(name, ()))
            ),
        )
        for entry in entries
    ]
    named = [one for one in said if one[1]] or [
        (one, say("training.was_there")) for one, _ in said
    ][:1]
    return [
        say(
            "training.mine",
            day=day(one.fact.happened_at),
            title=one.title,
            said=what,
            number=one.number,
        )
        for one, what in named[:SHOWN_OF_ONE]
    ]


def check_undo(asking: Asking, entry: ledger.Entry) -> None:
    """Refuse to take back a roll later than a decision could be, since it counts at once, or one
    with an upheld appeal."""
    if entry.fact.details.get("upheld"):
        raise Refusal(say("undo.roll_upheld", number=entry.number))
    if asking.now - entry.fact.recorded_at > TAKE_BACK:
        raise Refusal(say("undo.roll_too_late", number=entry.number))


def undone(request: Request, tx: Tx, entry: ledger.Entry) -> None:
    """Finish taking back a roll: withdraw the notices not sent yet, and let the roll that it
    replaced stand again."""
    old = ledger.entry(tx, entry.supersedes) if entry.supersedes else None
    heads = {head.id for unit in charged(entry) for head in request.people.heads(unit)}
    for person in heads.union(_results(entry), _results(old) if old is not None else ()):
        outbox.withdraw(tx, told_key(entry.number, person))
    if old is not None:
        judge(request, tx, old, Verb.RETRACT)
