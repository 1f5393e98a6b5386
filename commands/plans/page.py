"""怎么算分: the plan in force on one page; every number is read from it, none stands in a sentence.

In private the page is for the asker's role: what their unit is scored on, what they owe and what
they decide on. In a group it is the whole plan, as a picture.
"""

from collections.abc import Iterator, Mapping

from commands.chat.messages import Button, File, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.filing.deciders import decided_kinds
from commands.grammar.slots import Slot
from commands.paper import page as paper
from commands.paper.page import Paragraph
from commands.wording.formats import points
from commands.wording.sentences import lines, say, say_first
from db.engine.tx import Tx
from db.people import HEAD, NOBODY, OFFICER, Person
from scoring.plan import Item, Plan, Unit
from scoring.planshow import asked_words, kind_words, listed, term_words, worded
from scoring.planshow import who as asked_of
from scoring.planterms import CELLS, NEEDED_KINDS, OBLIGATIONS
from scoring.switches import SWITCHES

WIDE = frozenset({"融媒体中心", "考核组", "招办", "院长", "董办", "管理员"})
"""Roles whose business is every unit's points."""

OF_EVERYBODY = frozenset({"training", "leads"})
"""Items that each member of the staff earns or loses alone."""

FOR_THE_UNIT = frozenset({HEAD, OFFICER})
"""Roles that earn the other items for their unit."""


@command(
    "rules",
    "怎么算分",
    slots=(Slot(name="drawn", kind="flag", choices=("出图",)),),
    looks_back=True,
    example="怎么算分",
)
def rules(request: Request, tx: Tx) -> Reply:
    """The page: in private as a text, in a group as a picture where the platform takes one."""
    group = request.chat.group
    if request.can.files and (group or request.args.get("drawn")):
        drawing = jobs.begin(request, tx, "page", say("picture.drawing"), whole=group)
        return Reply(text=drawing.text)
    text = _text(request.plan, NOBODY if group else request.who)
    if group or not request.can.files:
        return Reply(text=text)
    return Reply(text=text, buttons=((Button.of(say("button.picture"), "rules", "出图"),),))


def _text(plan: Plan, who: Person) -> str:
    said = (f"{one.head}　{one.body}" for one in _paragraphs(plan, who))
    return lines(_title(plan, who), *said, _more(plan))


def _own(plan: Plan, who: Person) -> Unit | None:
    """The unit that the page is about; None for the whole plan."""
    unit = plan.by_code.get(who.unit)
    return unit if unit is not None and unit.scored and who.roles.isdisjoint(WIDE) else None


def _title(plan: Plan, who: Person) -> str:
    unit = _own(plan, who)
    if unit is None:
        return say("page.title", year=plan.year, title=plan.title)
    most = sum(item.max for item in plan.items if unit.code in item.units)
    return say("page.title_of_unit", year=plan.year, unit=unit.name, max=worded(most))


def _more(plan: Plan) -> str:
    return say("page.more", clause=plan.items[0].clause) if plan.items else ""


# --- what stands on it --------------------------------------------------------------------


def _paragraphs(plan: Plan, who: Person) -> Iterator[Paragraph]:
    unit = _own(plan, who)
    items = [one for one in plan.items if unit is None or not one.units or unit.code in one.units]
    if unit is not None and who.roles.isdisjoint(FOR_THE_UNIT):
        items.sort(key=lambda one: one.code not in OF_EVERYBODY)
    yield from (_item(plan, one, unit) for one in items)
    if unit is not None:
        yield from _unscored(plan, unit)
    yield from _decided(plan, who)


def _decided(plan: Plan, who: Person) -> Iterator[Paragraph]:
    """What the asker decides on, and what in place of those whose own it is."""
    kinds = [plan.kinds[code] for code in decided_kinds(plan, who)]
    own = [f"{one.word} {kind_words(one)}" for one in kinds if who.roles & set(one.deciders)]
    instead = [one.word for one in kinds if who.roles.isdisjoint(one.deciders)]
    for key, said in (("page.decides", "；".join(own)), ("page.instead", "、".join(instead))):
        if said:
            yield Paragraph(head=say(key), body=said)


def _item(plan: Plan, item: Item, unit: Unit | None) -> Paragraph:
    """What an item is worth, how it is earned or lost, where that stands and how it is read."""
    values = _numbers(plan, item, unit)
    keys = (f"rule.{item.code}", f"rule.{item.code}_of_all")
    rule = say_first(*(keys if unit is not None else reversed(keys)), **values)
    notes = "　".join(
        say("page.reading", number=one, note=plan.readings[one].source.note)
        for one in _readings(plan, item)
    )
    for_whom = say("page.units", units=asked_of(plan, item)) if unit is None else ""
    body = "　".join(part for part in (rule, for_whom, notes, item.clause) if part)
    key = "page.item_of_yours" if unit is not None and item.code in OF_EVERYBODY else "page.item"
    return Paragraph(head=say(key, word=item.word, max=points(item.max)), body=body)


def _readings(plan: Plan, item: Item) -> list[str]:
    """The reading that decides how an item counts, then those that are not read as usual."""
    first = [item.convention] if item.convention is not None else []
    switched = [
        one
        for one in item.readings
        if one in SWITCHES and plan.reads(one) != SWITCHES[one].values[0]
    ]
    return list(dict.fromkeys([*first, *switched]))


def _numbers(plan: Plan, item: Item, unit: Unit | None) -> Mapping[str, str]:
    """Whatever the sentence of an item may name, in words."""
    deciders = dict.fromkeys(
        role
        for code in sorted(NEEDED_KINDS[item.code])
        if code in plan.kinds
        for role in plan.kinds[code].deciders
    )
    found = {name: worded(term.value) for name, term in item.terms.items()}
    quota = unit.quotas.get("video") if unit is not None else None
    asked = asked_words(quota) if quota is not None else ""
    return {**found, "max": worded(item.max), "by": listed(deciders), "asked": asked}


def _unscored(plan: Plan, unit: Unit) -> Iterator[Paragraph]:
    """The quotas of 附件2 and the tasks that carry no points."""
    quotas = [
        f"{CELLS[task]} {asked_words(quota)}" for task, quota in unit.quotas.items() if quota.due
    ]
    if unit.views is not None and unit.views.least:
        quotas.append(say("page.views", word=CELLS["views"], least=unit.views.least))
    tasks = [
        " ".join([duty.word, *term_words(duty.terms, OBLIGATIONS[duty.code])])
        for duty in plan.obligations
        if unit.code in duty.units
    ]
    for key, said in (("page.quotas", quotas), ("page.tasks", tasks)):
        if said:
            yield Paragraph(head=say(key), body="；".join(said))


# --- as a picture -------------------------------------------------------------------------


def _draw(_tx: object, order: Order, _tell: Tell) -> Made:
    plan = order.plan
    who = NOBODY if order.args["whole"] else order.people.by_id.get(order.person, NOBODY)
    title = _title(plan, who)
    drawn = paper.draw(title, _more(plan), tuple(_paragraphs(plan, who)))
    if not drawn.data:
        return Made(payload={"text": lines(drawn.warning, _text(plan, who))})
    file = File(name=f"{say('page.name', year=plan.year)}.png", data=drawn.data)
    return Made(files=(file,), payload={"text": lines(title, drawn.warning)})


def _send(_request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return Reply(text=made.payload["text"], files=made.files)


PAGE = Job(name="page", work=_draw, finish=_send, sends=True)
