"""得分: the points of one unit or of all, now or at a past time. Nothing here writes."""

from decimal import Decimal

from commands.appeals import on_scores
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.duties import advice
from commands.grammar.slots import Slot
from commands.scores import rank
from commands.wording.formats import bar, day, day_end, moment, percent, points, short, short_name
from commands.wording.sentences import lines, say, say_first
from db import ledger, livecards
from db.engine.tx import Reading
from scoring.advice import steps
from scoring.cards import Basis, Card, Status, Tallies, Verdict, school_card, scorecard
from scoring.duties import gates
from scoring.moments import Instant, day_of, judged_at, start_of
from scoring.plan import Plan, Unit

UNIT = Slot(name="unit", kind="unit")
AS_OF = Slot(name="when", kind="when")
SCHOOL = Slot(name="school", kind="flag", choices=("两院", "全校", "两校"))
"""The row of the two schools together, which is no unit."""

EVERY = Slot(
    name="every",
    kind="flag",
    choices=("各部门", "各系", "各系部", "系部", "所有部门", "全部部门", "全部"),
)
"""The points of all units, which a unit's people see in a group without asking for it."""


@command(
    "score",
    "得分 查分",
    slots=(UNIT, AS_OF, SCHOOL, EVERY, Slot(name="all", kind="flag", choices=("明细",))),
    reads=True,
    bare=True,
    looks_back=True,
    example="得分 机电",
)
def score(request: Request, tx: Reading) -> Reply:
    """A unit's points: scored, lost, open and still winnable; in a group, of all units."""
    when = as_of(request)
    if request.args.get("school"):
        return _of_school(request, tx, when)
    code = request.args.get("unit")
    if code is None and not request.chat.group and not request.args.get("every"):
        code = request.who.unit if request.who.unit in scored(request) else None
    tallies, basis = sources(request, tx, when)
    if code is None:
        return _everybody(request, tallies, basis, when)
    if code not in scored(request):
        raise Refusal(say("score.no_card", unit=short(request.plan, code)))
    unit = request.plan.by_code[code]
    card = scorecard(request.plan, unit, tallies, basis, when)
    if request.args.get("all"):
        open_kinds = on_scores.kinds(tx, request.plan, unit.code)
        ahead = steps(request.plan, unit, card, tallies, when)
        return Reply(
            text="\n".join(
                _item_line(request, item)
                + advice.beside(request.plan, ahead, item.item)
                + on_scores.mark(item, open_kinds)
                for item in counted(card)
            ),
            buttons=(
                (
                    Button.of(say("button.picture"), "picture", unit.code),
                    Button.of(say("button.ranking_picture"), "picture"),
                    Button.of(say("button.trend"), "trend", unit.code),
                ),
            ),
            private=True,
            aside=request.can.asides,
        )
    first, rest = _summed(request, card, when)
    contested = () if request.args.get("when") else on_scores.contested(tx, request.plan, card)
    return Reply(
        text=lines(
            first + rank.place(request, unit, tallies, basis, when),
            rest + say("score.contested", words="、".join(contested)) if contested else rest,
            next_gate(request, unit, tallies, when)
            or advice.line(request.plan, unit, card, tallies, when),
        ),
        buttons=(
            (
                Button.of(say("button.detail"), "score", f"{unit.code} 明细"),
                Button.of(say("button.why"), "why", unit.code),
                Button.of(say("button.todo"), "todo"),
                *([Button.of(say("button.appeals"), "appeals", unit.code)] if contested else []),
            ),
        ),
    )


def _summed(request: Request, card: Card, when: Instant) -> tuple[str, str]:
    """What a card has and, as a second line, what became of the rest of its points."""
    return (
        say(
            "score.card",
            name=card.name,
            points=points(card.points),
            max=points(card.max),
            rate=percent(card.rate),
            bar=bar(card.rate),
            when=say("score.as_of", when=_asked(when)) if request.args.get("when") else "",
        ),
        say(
            "score.rest",
            lost=points(card.lost) + _losses(request, card),
            open=points(card.open),
            winnable=points(card.winnable),
        ),
    )


def _of_school(request: Request, tx: Reading, when: Instant) -> Reply:
    card = school_card(request.plan, *sources(request, tx, when), when)
    said = [_item_line(request, item) for item in counted(card)]
    return Reply(
        text=lines(*_summed(request, card, when), *said),
        buttons=((Button.of(say("button.why"), "why", SCHOOL.choices[0]),),),
    )


def as_of(request: Request) -> Instant:
    """The instant at which is judged what was asked for. Raises Refusal for a future day."""
    when: Instant = request.args.get("when") or request.at
    if when > request.now and day_of(when) > day_of(request.now):
        raise Refusal(say("score.future"))
    return min(judged_at(when) if request.args.get("when") else when, request.now)


def _asked(when: Instant) -> str:
    """4月5日 24:00, or 4月5日 15:00."""
    return day_end(when) if start_of(day_of(when)) == when else moment(when)


def scored(asking: Asking) -> set[str]:
    """The codes of the units that have a scorecard."""
    return {unit.code for unit in asking.plan.scored_units}


def sources(request: Request, tx: Reading, when: Instant) -> tuple[Tallies, Basis]:
    """The data behind the cards: as known at the time asked for, else as known now."""
    plan = request.plan
    if request.args.get("when"):
        known = min(when, request.args["when"])
        return ledger.tallies_at(tx, plan, known, known), ledger.basis(tx, plan, known, known)
    return ledger.tallies(tx, plan), ledger.basis(tx, plan, when, request.now)


def _everybody(request: Request, tallies: Tallies, basis: Basis, when: Instant) -> Reply:
    label = say("button.my_unit")
    buttons: tuple[tuple[Button, ...], ...] = ()
    if request.who.unit in scored(request):
        buttons = ((Button.of(label, "score", f"{request.who.unit} 明细"),),)
    live = "" if request.args.get("when") else livecards.SCORE
    return Reply(text=_table(request.plan, tallies, basis, when), buttons=buttons, live=live)


def everybody(tx: Reading, plan: Plan, now: Instant) -> str:
    """The current points of all units, by group."""
    return _table(plan, ledger.tallies(tx, plan), ledger.basis(tx, plan, now, now), now)


def _table(plan: Plan, tallies: Tallies, basis: Basis, when: Instant) -> str:
    groups: dict[str, list[str]] = {group: [] for group in plan.groups}
    for unit in plan.scored_units:
        card = scorecard(plan, unit, tallies, basis, when)
        said = f"{short_name(unit)} {points(card.points)}/{points(card.max)}"
        groups[unit.group].append(said)
    school = school_card(plan, tallies, basis, when)
    groups[plan.groups[-1]].append(f"{school.name} {points(school.points)}/{points(school.max)}")
    return "\n".join(
        say("score.group", group=group, said="　".join(row)) for group, row in groups.items()
    )


def counted(card: Card) -> list[Verdict]:
    """The items that apply to the unit."""
    return [item for item in card.verdicts if item.status is not Status.NA]


def _losses(asking: Asking, card: Card) -> str:
    """（培训 2、交接 3）: each item with the points it lost; "" for none."""
    said = [
        say("score.loss", word=asking.plan.item[line.item].word, points=points(line.lost))
        for line in counted(card)
        if line.lost
    ]
    return say("score.losses", said="、".join(said)) if said else ""


def _item_line(asking: Asking, verdict: Verdict) -> str:
    word = asking.plan.item[verdict.item].word
    known = verdict.points is not None
    return say(
        "score.item" if known else f"score.item_{verdict.status.value}",
        word=word,
        points=points(verdict.points or Decimal(0)),
        max=points(verdict.max),
        because=verdict.because,
        convention=_convention(verdict.convention) if known else "",
    )


def _convention(number: str | None) -> str:
    return say("score.convention", number=number) if number else ""


def next_gate(asking: Asking, unit: Unit, tallies: Tallies, when: Instant) -> str:
    """The nearest two deadlines, with what is missing and at stake; "" for none."""
    said = [
        say_first(
            f"gate.{gate.item}",
            "gate.plain",
            word=asking.plan.item[gate.item].word,
            by=day(gate.deadline - 1),
            points=points(gate.points),
            missing=gate.missing,
        )
        for gate in gates(asking.plan, unit, tallies, when)
        if gate.item and gate.points is not None and gate.period is None
    ][:2]
    return say("gate.line", said="、".join(said)) if said else ""
