"""Wishes to know something, in one's own words: lost points, clauses, who has not, what waits."""

from decimal import Decimal

from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, shown
from commands.filing import describe
from commands.filing.recent import own
from commands.grammar.folding import fold
from commands.help.talk import MOST_BUTTONS, Line, Talk
from commands.review import waiting
from commands.wording.formats import deadline, period_name, points, short
from commands.wording.sentences import lines, say
from db import appeals, histories, ledger, tasks
from db.engine.tx import Reading
from db.people import ADMIN
from scoring.cards import scorecard
from scoring.duties import board, duties
from scoring.moments import DAY, day_of
from scoring.plan import Item, Unit
from scoring.verdicts import Verdict

OVER_ALL = frozenset({"考核组", "融媒体中心", "院长", "董办", "招办", "管理员"})
"""Who asks of all units for their work, whatever their own is."""

RECENT = 30 * DAY
MOST_SHOWN = 5

KIND_IDEAS = ("news", "video", "article", "column", "ppt")
"""Ideas of `wishes.toml` that are kinds of reports by the same code."""

ITEM_IDEAS = {"video": "dy_update", "ppt": "ppt", "squad": "live_team", "live": "live_team"}
ITEM_IDEAS |= {
    "granted": "dy_handover",
    "handover": "dy_handover",
    "training": "training",
    "lead": "leads",
}
ITEM_IDEAS |= {"results": "results_channel", "lookup": "query_channel"}
"""Ideas that name a scored item."""


# --- points ---------------------------------------------------------------------------------


def losses(talk: Talk) -> Reply | Line | None:
    """What a unit has lost, item by item, without naming absent people in a group."""
    request, named = talk.request, "unit" in talk.heard.named
    unit = talk.unit if named else talk.own
    if unit is None or not unit.scored:
        return talk.line("为什么 {unit}") if named else None
    lost = _lost(request, talk.tx, unit)
    if not lost:
        return Line(text=f"得分 {short(request.plan, unit.code)} 明细")
    plan = request.plan
    shown = "、".join(
        say("hint.loss", word=plan.item[line.item].word, points=points(line.lost)) for line in lost
    )
    reasons = "；".join(
        say("hint.reason", word=plan.item[line.item].word, because=line.because)
        for line in lost[:MOST_BUTTONS]
    )
    names = request.chat.group and any(line.item == "training" for line in lost)
    why = Button.of(
        say("button.why"), "why", f"{short(plan, unit.code)} {plan.item[lost[0].item].word}"
    )
    total = sum((line.lost for line in lost), start=Decimal(0))
    return Reply(
        text=lines(
            say("hint.losses", unit=unit.name, points=points(total), said=shown),
            say("hint.reasons", said=reasons) + (say("hint.names") if names else ""),
        ),
        buttons=((why,),),
    )


def details(talk: Talk) -> Reply | Line | None:
    """What was lost and why, for those who speak of it; else every item with its reason."""
    if {"lost", "points"} & talk.heard.ideas and (lost := losses(talk)) is not None:
        return lost
    unit = talk.unit or talk.own
    return Line(text=f"得分 {short(talk.request.plan, unit.code)} 明细") if unit else None


def _lost(asking: Asking, tx: Reading, unit: Unit) -> list[Verdict]:
    plan, at = asking.plan, asking.now
    card = scorecard(plan, unit, ledger.tallies(tx, plan), ledger.basis(tx, plan, at, at), at)
    return [line for line in card.verdicts if line.lost]


def overview(talk: Talk) -> Line:
    """How all units stand: the table for those who look after all or have no scorecard of their
    own, else the rank."""
    own = talk.own is not None and talk.request.who.roles.isdisjoint(OVER_ALL)
    return Line(text="排名" if own and not talk.request.chat.group else "得分 各部门")


def clause(talk: Talk) -> Reply | Line:
    """What an item is worth and where its words stand; without an item, all of them."""
    plan = talk.request.plan
    annex = talk.heard.named.get("annex_said", "")
    if "·" in annex:
        return Line(text=f"原文 {annex}", straight=True)
    item = _item(talk)
    if item is not None:
        read = Button.of(say("ear.words_of"), "clause", item.clause)
        return Reply(
            text=say("ear.worth", word=item.word, max=points(item.max), clause=item.clause),
            buttons=((read,),),
        )
    said = "；".join(
        say("ear.worth_short", word=item.word, max=points(item.max), clause=item.clause)
        for item in plan.items
    )
    each = tuple(
        Button.of(say("ear.words_of_item", word=one.word), "clause", one.clause)
        for one in plan.items[:MOST_BUTTONS]
    )
    return Reply(text=say("ear.clauses", said=said), buttons=(each,))


def _item(talk: Talk) -> Item | None:
    plan = talk.request.plan
    word = fold(talk.heard.named.get("item", ""))
    code = talk.lexicon.items.get(word) or next(
        (code for idea, code in ITEM_IDEAS.items() if idea in talk.heard.ideas), ""
    )
    return plan.item.get(code)


def task_deadlines(talk: Talk) -> Reply | Line:
    """Until when the open tasks run."""
    found = tasks.open_tasks(talk.tx, talk.request.plan, talk.request.at)
    if not found:
        return Line(text="截止")
    said = lines(
        *(
            say(
                "ear.task_closes",
                number=one.number,
                title=one.title,
                when=deadline(one.fact.details["closes"]),
            )
            for one in found[-MOST_BUTTONS:]
        )
    )
    return Reply(text=said, buttons=((Button.of(say("button.todo"), "todo"),),))


def export(talk: Talk) -> Reply | Line:
    """A workbook of what is named, or who gets one monthly."""
    known = talk.request.registry.commands
    roles = talk.request.who.roles
    if known["export"].roles & roles:
        leads = {"lead", "enough", "child", "pending"} & talk.heard.ideas or roles == {"招办"}
        what = "线索进度" if leads else "待办" if "todo" in talk.heard.ideas else "得分"
        return Line(text=f"导出 {what}", straight=True)
    row = [known[name] for name in ("report", "rank", "score")]
    buttons = tuple(
        Button.of(shown(one), one.name)
        for one in row
        if not one.roles or one.roles & talk.request.who.roles
    )
    return Reply(text=say("ear.export"), buttons=(buttons,))


# --- who has not ------------------------------------------------------------------------------


def who_has_not(talk: Talk) -> Reply | Line | None:
    """The units that still owe a kind this week or month; of people, the command for it."""
    known = talk.request.registry.commands
    ideas = talk.heard.ideas
    subject = next((word for idea, word in _SUBJECTS.items() if idea in ideas), "")
    item = _item(talk)
    if not subject and item is not None and item.code in DATED:
        return _units_without(talk, item)
    if not subject:
        return _units_that_owe(talk)
    if known["missing"].roles & talk.request.who.roles:
        return Line(text=f"谁没 {subject}", straight=True)
    todo = Button.of(say("button.todo"), "todo")
    return Reply(text=say("ear.who_has_not", subject=subject), buttons=((todo,),))


_SUBJECTS = {
    "forward": "转发",
    "like": "点赞",
    "comment": "评论",
    "follow": "关注",
    "bindings": "绑定",
    "meeting": "班会",
    "lead": "线索",
    "enough": "线索",
    "class": "转发",
    "task": "转发",
}


DATED = ("dy_handover", "ppt", "live_team")
"""Items that are reported once, until a day."""


def _units_without(talk: Talk, item: Item) -> Reply:
    """The units that have not handed in what is owed once, until a day."""
    plan, tallies = talk.request.plan, ledger.tallies(talk.tx, talk.request.plan)
    units = [
        short(plan, unit.code)
        for unit in plan.scored_units
        if any(
            duty.item == item.code and duty.missing
            for duty in duties(plan, unit, tallies, talk.request.now)
        )
    ]
    key = "ear.without" if units else "ear.with_all"
    score = Button.of(say("ear.score"), "score")
    return Reply(text=say(key, word=item.word, units="、".join(units)), buttons=((score,),))


def nudge(talk: Talk) -> Reply | Line | None:
    """Remind those who have not: 催办 for 管理员, for others the list with {提醒他们}."""
    if ADMIN in talk.request.who.roles:
        return Line(text="催办", straight=True)
    return who_has_not(talk)


def _units_that_owe(talk: Talk) -> Reply:
    plan, tx = talk.request.plan, talk.tx
    tallies = ledger.tallies(tx, plan)
    wanted = [kind for kind in KIND_IDEAS if kind in talk.heard.ideas]
    owing: dict[tuple[str, str], list[str]] = {}
    for unit in plan.scored_units:
        for row in board(plan, unit, tallies, talk.request.now):
            if row.missing and (not wanted or row.task in wanted):
                of = owing.setdefault((row.task, row.period), [])
                of.append(short(plan, unit.code))
    if not owing:
        return Reply(text=say("ear.nobody_owes"))
    said = lines(
        *(
            say(
                "ear.owing",
                period=period_name(period),
                kind=plan.kinds[task].word if task in plan.kinds else task,
                units="、".join(units),
            )
            for (task, period), units in list(owing.items())[:3]
        )
    )
    return Reply(text=said, buttons=((Button.of(say("ear.score"), "score"),),))


# --- where something stands -------------------------------------------------------------------


def status(talk: Talk) -> Reply | Line:
    """The newest reports of the asker, or of their unit and the named kind, with their state."""
    request, tx = talk.request, talk.tx
    kinds = [kind for kind in KIND_IDEAS if kind in talk.heard.ideas]
    if kinds and request.who.roles & {"宣传员", "部门负责人"}:
        since = request.now - RECENT
        found = [
            entry
            for kind in kinds
            for entry in histories.of_unit(
                tx, request.plan, request.who.unit, kind, since=since, until=request.now + 1
            )
        ]
    else:
        found = [entry for entry in own(request, tx) if not kinds or entry.fact.kind in kinds]
    found = sorted(found, key=lambda entry: -entry.number)[:MOST_SHOWN]
    if not found:
        return Line(text="我的", straight=True)
    said = lines(
        *(
            say("ear.stands", what=talk.named(one), state=_state(talk, one))
            for one in found[:MOST_BUTTONS]
        )
    )
    return Reply(text=said, buttons=((Button.of(say("ear.mine"), "mine"),),), private=True)


def _state(talk: Talk, entry: ledger.Entry) -> str:
    return describe.state_word(entry, ledger.stands(talk.tx, entry.number).state)


def cases(talk: Talk) -> Reply | Line | None:
    """How an appeal stands, or what can be appealed."""
    request, tx = talk.request, talk.tx
    if talk.number is not None:
        return talk.line("申诉 {number} {reason}")
    unit = talk.unit.code if talk.unit else request.who.unit
    mine = appeals.of_unit(tx, request.plan, unit)
    if "progress" in talk.heard.ideas and mine:
        return Line(text=f"申诉 #{mine[-1].number}", straight=True)
    since = request.now - RECENT
    found = [
        entry
        for kind in request.plan.kinds
        if kind not in ("appeal", "doubt", "lead", "views")
        for entry in histories.of_unit(
            tx, request.plan, request.who.unit, kind, since=since, until=request.now + 1
        )
        if ledger.stands(tx, entry.number).decision is not None
    ]
    found.sort(key=lambda entry: -entry.number)
    if not found:
        why = Button.of(say("button.why"), "why", request.who.unit) if talk.own else None
        return Reply(text=say("ear.appeal_none"), buttons=((why,),) if why else ())
    return talk.choice("ear.appeal_which", "ear.appeal_one", "appeal", found)


def waits(talk: Talk) -> list[int]:
    """The numbers that wait for the asker, oldest first; of the named unit and kind if any is."""
    plan, unit = talk.request.plan, talk.unit
    kinds = {kind for kind in KIND_IDEAS if kind in talk.heard.ideas}
    return [
        row.fact
        for row in waiting.waiting(talk.request, talk.tx)
        if (unit is None or row.unit == unit.code)
        and (not kinds or row.kind in kinds)
        and row.kind in plan.kinds
    ]


# --- months -----------------------------------------------------------------------------------

_MONTHS = "一二三四五六七八九十"


def monthly(talk: Talk) -> Reply | Line:
    """A month's report for those who make it; others hear who does."""
    command = talk.request.registry.commands["report"]
    if not command.roles & talk.request.who.roles:
        return Reply(text=say("ear.monthly"), buttons=((Button.of(say("ear.score"), "score"),),))
    today = day_of(talk.request.now)
    month = _month(talk.request.spoken.copy, today.month)
    year = today.year - (month > today.month)
    return Line(text=f"月报 {year}-{month:02d}" if month else "月报", straight=True)


def _month(copy: str, now: int) -> int:
    """The month that is named, 0 if none is."""
    if "上个月" in copy or "上月" in copy:
        return now - 1 or 12
    before = copy.partition("月")[0]
    if before[-1:].isdigit():
        said = int("".join(char for char in before[-2:] if char.isdigit()))
        return said if 1 <= said <= 12 else 0
    return _MONTHS.find(before[-1:]) + 1 if before[-1:] else 0
