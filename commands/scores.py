"""Asking: 得分 为什么 指标 待办 截止. Nothing here writes."""

from decimal import Decimal

from commands import (
    cases,
    contested,
    explanation,
    grounds,
    leads,
    participation,
    queue,
    reading,
    standing,
    things,
    trainings,
)
from commands.chat import Button, Reply, Request
from commands.errors import Refusal
from commands.registry import Slot, command
from commands.texts import (
    bar,
    cut,
    date_text,
    deadline,
    lines,
    moment,
    percent,
    points,
    say,
    say_first,
    short,
    short_name,
    week,
    week_span,
    weekday,
)
from db import documents, ledger, livecards
from db.appeals import case as case_of
from db.tx import Reading
from scoring.cards import Basis, Card, Status, Tallies, Verdict, school_card, scorecard
from scoring.duties import gates
from scoring.facts import Verb
from scoring.moments import Instant, day_of, end_of, week_of
from scoring.plan import Plan, Unit

GROUPS = ("系部", "有号职能部门", "其他")
"""The order in which the groups of contracts 1 are shown."""

UNIT = Slot(name="unit", kind="unit")
AS_OF = Slot(name="when", kind="when")


@command(
    "score",
    "得分 查分",
    slots=(UNIT, AS_OF, Slot(name="all", kind="flag", choices=("明细",))),
    reads=True,
    bare=True,
    example="得分 机电",
)
def score(request: Request, tx: Reading) -> Reply:
    """A unit's points, what is lost, open and still to be won; of all units in a group."""
    when = _as_of(request)
    code = request.args.get("unit")
    if code is None and not request.chat.group:
        code = request.who.unit if request.who.unit in _scored(request) else None
    tallies, basis = _sources(request, tx, when)
    if code is None:
        return _everybody(request, tallies, basis, when)
    if code not in _scored(request):
        raise Refusal(say("score.no_card", unit=short(request.plan, code)))
    unit = request.plan.by_code[code]
    card = scorecard(request.plan, unit, tallies, basis, when)
    if request.args.get("all"):
        open_kinds = contested.kinds(tx, request.plan, unit.code)
        return Reply(
            text="\n".join(
                _item_line(request, item) + contested.mark(item, open_kinds)
                for item in _counted(card)
            ),
            buttons=(
                (
                    Button(label=say("button.picture"), says=f"picture {unit.code}"),
                    Button(label=say("button.ranking_picture"), says="picture"),
                ),
            ),
            private=True,
        )
    return Reply(
        text=lines(
            say(
                "score.card",
                name=card.name,
                points=points(card.points),
                max=points(card.max),
                rate=percent(card.rate),
                bar=bar(card.rate),
                when=say("score.as_of", when=moment(when)) if request.args.get("when") else "",
            )
            + reading.place(request, unit, tallies, basis, when),
            say(
                "score.rest",
                lost=points(card.lost) + _losses(request, card),
                open=points(card.open),
                winnable=points(card.winnable),
            ),
            _next_gate(request, unit, tallies, when),
        ),
        buttons=(
            (
                Button(label=say("button.detail"), says=f"score {unit.code} 明细"),
                Button(label=say("button.why"), says=f"why {unit.code}"),
                Button(label=say("button.todo"), says="todo"),
            ),
        ),
    )


def _as_of(request: Request) -> Instant:
    when: Instant = request.args.get("when") or request.at
    if when > request.now and day_of(when) > day_of(request.now):
        raise Refusal(say("score.future"))
    return min(when, request.now)


def _scored(request: Request) -> set[str]:
    return {unit.code for unit in request.plan.scored_units}


def _sources(request: Request, tx: Reading, when: Instant) -> tuple[Tallies, Basis]:
    plan = request.plan
    if request.args.get("when"):
        return ledger.tallies_at(tx, plan, when, when), ledger.basis(tx, plan, when, when)
    return ledger.tallies(tx, plan), ledger.basis(tx, plan, when, request.now)


def _everybody(request: Request, tallies: Tallies, basis: Basis, when: Instant) -> Reply:
    label = say("button.my_unit")
    buttons: tuple[tuple[Button, ...], ...] = ()
    if request.who.unit in _scored(request):
        buttons = ((Button(label=label, says=f"score {request.who.unit} 明细"),),)
    live = "" if request.args.get("when") else livecards.SCORE
    return Reply(text=_table(request.plan, tallies, basis, when), buttons=buttons, live=live)


def everybody(tx: Reading, plan: Plan, now: Instant) -> str:
    """The points of all units, by group, as they stand."""
    return _table(plan, ledger.tallies(tx, plan), ledger.basis(tx, plan, now, now), now)


def _table(plan: Plan, tallies: Tallies, basis: Basis, when: Instant) -> str:
    groups: dict[str, list[str]] = {group: [] for group in GROUPS}
    for unit in plan.scored_units:
        card = scorecard(plan, unit, tallies, basis, when)
        said = f"{short_name(unit)} {points(card.points)}/{points(card.max)}"
        groups[unit.group].append(said)
    school = school_card(plan, tallies, basis, when)
    groups[GROUPS[-1]].append(f"{school.name} {points(school.points)}/{points(school.max)}")
    return "\n".join(
        say("score.group", group=group, said="　".join(row)) for group, row in groups.items()
    )


def _counted(card: Card) -> list[Verdict]:
    return [item for item in card.verdicts if item.status is not Status.NA]


def _losses(request: Request, card: Card) -> str:
    """：培训 2、交接 3 behind what is lost, the item with its points; "" for nothing."""
    said = [
        say("score.loss", word=request.plan.item[line.item].word, points=points(line.lost))
        for line in _counted(card)
        if line.lost
    ]
    return say("score.losses", said="、".join(said)) if said else ""


def _item_line(request: Request, verdict: Verdict) -> str:
    word = request.plan.item[verdict.item].word
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


def _next_gate(request: Request, unit: Unit, tallies: Tallies, when: Instant) -> str:
    """The nearest deadlines with what is missing and at stake; else the cheapest point."""
    said = [
        say_first(
            f"gate.{gate.item}",
            "gate.plain",
            word=request.plan.item[gate.item].word,
            by=date_text(day_of(gate.deadline - 1)),
            points=points(gate.points),
            missing=gate.missing,
        )
        for gate in gates(request.plan, unit, tallies, when)
        if gate.item and gate.points is not None and gate.period is None
    ][:2]
    return say("gate.line", said="、".join(said)) if said else ""


# --- why ----------------------------------------------------------------------------------


@command(
    "why",
    "为什么",
    slots=(
        Slot(name="number", kind="number"),
        UNIT,
        Slot(name="item", kind="item"),
        AS_OF,
    ),
    reads=True,
    never_bare=True,
    private=True,
    example="为什么 机电 视频更新",
)
def why(request: Request, tx: Reading) -> Reply:
    """The reason of an item's points: arithmetic, clause, facts, reading; or a fact's story."""
    if request.args.get("number"):
        return _story(request, tx, request.args["number"])
    code = request.args.get("unit") or request.who.unit
    if code not in _scored(request):
        raise Refusal(say("score.no_card", unit=short(request.plan, code)))
    unit = request.plan.by_code[code]
    when = _as_of(request)
    tallies, basis = _sources(request, tx, when)
    card = scorecard(request.plan, unit, tallies, basis, when)
    item = request.args.get("item")
    if item is None:
        return _which_item(request, unit, card)
    verdict = next(verdict for verdict in card.verdicts if verdict.item == item)
    entries = _behind(request, tx, verdict)
    return Reply(
        text=lines(*_explained(request, tx, unit, verdict, entries)),
        buttons=(
            *contested.offered(request, unit.code, verdict, entries),
            *explanation.offered(request, unit.code, verdict.item),
        ),
    )


def _behind(request: Request, tx: Reading, verdict: Verdict) -> list[ledger.Entry]:
    at = request.args.get("when") or ledger.FOREVER
    numbers = ledger.behind(tx, request.plan, verdict.measures, at)
    return [entry for number in numbers if (entry := ledger.entry(tx, number)) is not None]


def _which_item(request: Request, unit: Unit, card: Card) -> Reply:
    words = [request.plan.item[item.item].word for item in _counted(card)]
    buttons = [Button(label=word, says=f"why {unit.code} {word}") for word in words]
    rows = tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))
    return Reply(text=say("why.which", unit=unit.name), buttons=rows)


def _explained(
    request: Request, tx: Reading, unit: Unit, verdict: Verdict, entries: list[ledger.Entry]
) -> list[str]:
    item = request.plan.item[verdict.item]
    value = points(verdict.points) if verdict.points is not None else say("score.unknown_points")
    open_kinds = contested.kinds(tx, request.plan, unit.code)
    return [
        say(
            "why.result",
            unit=short_name(unit),
            word=item.word,
            points=value,
            max=points(verdict.max),
            because=verdict.because,
            clause=verdict.clause,
        )
        + contested.mark(verdict, open_kinds),
        _quoted(request, tx, verdict.clause),
        trainings.explained(request, unit.code, entries) or grounds.facts(request, tx, entries),
        contested.history(request, tx, unit.code, verdict) + grounds.reading(request, verdict),
    ]


def _quoted(request: Request, tx: Reading, clause: str) -> str:
    """The clause in the school's own words, if they are loaded (C13)."""
    words = documents.words_of(tx, request.plan, clause)
    return say("clause.words", clause=clause, words=cut(words, 80)) if words else ""


def _story(request: Request, tx: Reading, number: int) -> Reply:
    """Who reported, who decided and when it counts from; a lead's story names nobody's child."""
    entry = ledger.entry(tx, number)
    if entry is None:
        raise Refusal(say("review.unknown", number=number))
    if entry.fact.kind == "lead" and not _may_see_lead(request, entry):
        raise Refusal(say("why.not_yours", number=number))
    case = case_of(tx, entry)
    if case is not None:
        return Reply(text=cases.state(request, case))
    people = request.people.by_id
    reporter = people.get(entry.fact.person)
    said = [
        say(
            "why.reported",
            number=number,
            what=say("lead.erased")
            if entry.fact.kind == "lead" and leads.is_erased(tx, number)
            else things.what(request, entry),
            unit=short(request.plan, entry.fact.unit),
            name=reporter.name if reporter else "",
            when=moment(entry.fact.happened_at),
        )
    ]
    for decision in ledger.decided(tx, number):
        by = people.get(decision.person)
        dated = decision.happened_at < entry.fact.happened_at and decision.verb is Verb.APPROVE
        said.append(
            say(
                "why.decided",
                when=moment(decision.recorded_at),
                name=by.name if by else "",
                verb=say_first(
                    f"verb.{decision.verb.value}_{entry.fact.kind}",
                    f"verb.{decision.verb.value}",
                ),
                dated=say("why.dated", when=moment(decision.happened_at)) if dated else "",
                reason=decision.reason,
            ).rstrip("：")
        )
    return Reply(text="\n".join(said))


def _may_see_lead(request: Request, entry: ledger.Entry) -> bool:
    own = entry.fact.person == request.who.id
    return own or not request.who.roles.isdisjoint({"招办", "考核组"})


# --- quota, todo, deadlines ---------------------------------------------------------------


@command("quota", "指标", slots=(UNIT,), reads=True, bare=True, example="指标 机电")
def quota(request: Request, tx: Reading) -> Reply:
    """What 附件2 asks of a unit this week and month, and how much of it is there."""
    code = request.args.get("unit") or request.who.unit
    unit = request.plan.by_code.get(code)
    if unit is None or not any(quota.due for quota in unit.quotas.values()):
        raise Refusal(say("quota.none", unit=short(request.plan, code)))
    first = request.plan.effective_from
    if day_of(request.at) < first:
        return Reply(text=say("standing.not_yet", day=date_text(first), week=week(week_of(first))))
    rows = standing.tasks(tx, request, code)
    weekly, monthly = standing.rows_of(rows, "W"), standing.rows_of(rows, "")
    return Reply(
        text=lines(
            say("quota.head", unit=unit.name, week=week_span(week_of(day_of(request.at)))),
            standing.shown(weekly) or say("quota.no_week"),
            standing.shown(monthly),
        )
    )


@command("todo", "待办", reads=True, bare=True, private=True, example="待办")
def todo(request: Request, tx: Reading) -> Reply:
    """What the asker still owes: leads, his unit's gaps and deadlines, what waits for him."""
    plan, who = request.plan, request.who
    said: list[str] = []
    buttons: list[Button] = []
    counts = leads.counts(tx, plan, who.id)
    if counts["done"] < counts["due"]:
        said.append(say("todo.leads", **counts))
    said += participation.left_of(tx, request)
    unit = plan.by_code.get(who.unit)
    if unit is not None and who.roles & {"宣传员", "部门负责人"}:
        tallies = ledger.tallies(tx, plan)
        gaps = [row for row in standing.tasks(tx, request, unit.code) if row.missing]
        if gaps:
            said.append(say("todo.unit", unit=short_name(unit), said=standing.shown(gaps)))
        gate = _next_gate(request, unit, tallies, request.at)
        if gate:
            said.append(gate)
    waiting = queue.waiting(request, tx)
    if waiting:
        said.append(say("todo.queue", total=len(waiting)))
        buttons.append(Button(label=say("button.queue"), says="queue"))
    text = lines(*said) or say("todo.nothing")
    return Reply(text=text, buttons=(tuple(buttons),) if buttons else ())


@command("deadlines", "截止", reads=True, bare=True, example="截止")
def deadlines(request: Request, tx: Reading) -> Reply:
    """The dates still ahead in the plan, nearest first, with what each is worth."""
    plan, today = request.plan, day_of(request.at)
    dated = [
        (plan.term("dy_handover", "deadline"), "dy_handover", plan.item["dy_handover"].max),
        (plan.term("ppt", "first_deadline"), "ppt", plan.term("ppt", "first_points")),
        (
            plan.term("live_team", "deadline"),
            "live_team",
            plan.term("live_team", "seat") * plan.term("live_team", "seats"),
        ),
        (plan.term("ppt", "second_deadline"), "ppt", plan.term("ppt", "second_points")),
    ]
    ahead = sorted((row for row in dated if row[0] >= today), key=lambda row: row[0])
    said = [
        say(
            "deadlines.line",
            by=deadline(end_of(last)),
            word=plan.item[item].word,
            points=worth,
            left=(last - today).days,
        )
        for last, item, worth in ahead
    ]
    year_end = say("deadlines.year_end", day=weekday(plan.last_day))
    return Reply(text=lines(*said, year_end))
