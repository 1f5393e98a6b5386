"""为什么: the reason for an item's points, or the story of a fact. Nothing here writes."""

from commands.appeals import case as cases
from commands.appeals import on_scores
from commands.assessment import trainings
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.duties import advice
from commands.filing import describe, pictured
from commands.grammar.slots import Slot
from commands.scores import explained, explanation, grounds, score
from commands.wording.formats import cut, moment, points, short, short_name
from commands.wording.sentences import lines, say
from db import documents, histories, leadtext, ledger
from db.appeals import case as case_of
from db.engine.tx import Reading
from scoring.cards import Card, Verdict, school_card, scorecard
from scoring.plan import Unit
from scoring.verdicts import Book


@command(
    "why",
    "为什么",
    slots=(
        Slot(name="number", kind="number"),
        score.UNIT,
        Slot(name="item", kind="item"),
        score.AS_OF,
        score.SCHOOL,
    ),
    reads=True,
    never_bare=True,
    private=True,
    aside=True,
    looks_back=True,
    example="为什么 机电 视频更新",
)
def why(request: Request, tx: Reading) -> Reply:
    """The reason for an item's points: arithmetic, clause, facts, reading; or a fact's story."""
    if request.args.get("number"):
        return _story(request, tx, request.args["number"])
    if request.args.get("school"):
        return _of_school(request, tx)
    code = request.args.get("unit") or request.who.unit
    if code not in score.scored(request):
        raise Refusal(say("score.no_card", unit=short(request.plan, code)))
    unit = request.plan.by_code[code]
    when = score.as_of(request)
    tallies, basis = score.sources(request, tx, when)
    card = scorecard(request.plan, unit, tallies, basis, when)
    item = request.args.get("item")
    if item is None:
        return _which_item(request, unit, card)
    verdict = next(verdict for verdict in card.verdicts if verdict.item == item)
    book = Book(plan=request.plan, tallies=tallies, basis=basis, until=when)
    numbers = histories.behind(
        tx, request.plan, verdict.measures, request.args.get("when") or ledger.FOREVER
    )
    entries = grounds.of_unit(tx, book, unit, verdict, numbers)
    behind = grounds.weeks(book, unit, verdict) + (
        trainings.explained(request, unit.code, entries) or grounds.facts(request, tx, entries)
    )
    if verdict.lost and (reached := explained.reminded(tx, request.plan, unit, verdict)):
        last = {one.name: str(one) for one in reached}
        behind += say("why.reminded", said="、".join(last.values()))
    return Reply(
        text=lines(
            *_explained(request, tx, unit, verdict, behind),
            advice.on_item(request.plan, unit, card, tallies, when, item=item),
        ),
        buttons=(
            *on_scores.offered(request, unit.code, verdict, entries),
            *explanation.offered(request, unit.code, verdict.item),
        ),
    )


def _of_school(request: Request, tx: Reading) -> Reply:
    """The row of the two schools: each of its items, or the one that is named."""
    when = score.as_of(request)
    card = school_card(request.plan, *score.sources(request, tx, when), when)
    named = request.args.get("item")
    verdicts = [one for one in score.counted(card) if named in (None, one.item)]
    if not verdicts:
        raise Refusal(say("why.no_item", unit=card.name, word=request.plan.item[named or ""].word))
    said = [
        line
        for one in verdicts
        for line in (
            _result(request, card.name, one),
            _quoted(request, tx, one.clause),
            grounds.reading(request, one),
        )
    ]
    return Reply(text=lines(*said))


def _result(asking: Asking, name: str, verdict: Verdict) -> str:
    value = points(verdict.points) if verdict.points is not None else say("score.unknown_points")
    return say(
        "why.result",
        unit=name,
        word=asking.plan.item[verdict.item].word,
        points=value,
        max=points(verdict.max),
        because=verdict.because,
        clause=verdict.clause,
    )


def _which_item(asking: Asking, unit: Unit, card: Card) -> Reply:
    words = [asking.plan.item[item.item].word for item in score.counted(card)]
    buttons = [Button.of(word, "why", f"{unit.code} {word}") for word in words]
    rows = tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))
    return Reply(text=say("why.which", unit=unit.name), buttons=rows)


def _explained(asking: Asking, tx: Reading, unit: Unit, verdict: Verdict, behind: str) -> list[str]:
    open_kinds = on_scores.kinds(tx, asking.plan, unit.code)
    return [
        _result(asking, short_name(unit), verdict) + on_scores.mark(verdict, open_kinds),
        _quoted(asking, tx, verdict.clause),
        behind,
        on_scores.history(asking, tx, unit.code, verdict) + grounds.reading(asking, verdict),
    ]


def _quoted(asking: Asking, tx: Reading, clause: str) -> str:
    """The clause in the school's own words if its document is loaded, else "" (C13)."""
    words = documents.words_of(tx, asking.plan, clause)
    return say("clause.words", clause=clause, words=cut(words, 80)) if words else ""


def _story(asking: Asking, tx: Reading, number: int) -> Reply:
    """Who reported a fact, who decided it and from when it counts; never a child's name."""
    entry = ledger.entry(tx, number)
    if entry is None:
        raise Refusal(say("review.unknown", number=number))
    if entry.fact.kind == "lead" and not may_see_lead(asking, entry):
        raise Refusal(say("why.not_yours", number=number))
    case = case_of(tx, entry)
    if case is not None:
        return Reply(text=cases.state(asking, tx, case))
    reporter = asking.people.by_id.get(entry.fact.person)
    said = [
        say(
            "why.reported",
            number=number,
            what=say("lead.erased")
            if entry.fact.kind == "lead" and leadtext.is_erased(tx, number)
            else describe.what(asking, entry),
            unit=short(asking.plan, entry.fact.unit),
            name=reporter.name if reporter else "",
            when=moment(entry.fact.happened_at),
        )
    ]
    for decision in ledger.decided(tx, number):
        key = "why.decided_reason" if decision.reason else "why.decided"
        said.append(grounds.decided(key, asking, entry, decision))
    row = pictured.button(asking, tx, entry)
    return Reply(text="\n".join(said), buttons=(row,) if row else ())


def may_see_lead(asking: Asking, entry: ledger.Entry) -> bool:
    own = entry.fact.person == asking.who.id
    return own or not asking.who.roles.isdisjoint({"招办", "考核组"})
