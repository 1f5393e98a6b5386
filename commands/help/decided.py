"""Wishes of those who decide and administer: assent, refusal, settling, granting, setting."""

import re
from dataclasses import replace

from commands.chat.messages import Button, Reply
from commands.conversation import proposals
from commands.filing.describe import entry_of, what
from commands.grammar.quantities import marked_numbers
from commands.help.asked import waits
from commands.help.talk import Line, Talk
from commands.review import waiting
from commands.wording.sentences import say
from commands.wording.terms import ACTS
from db import ledger, tasks
from db.appeals import KINDS as CASES
from db.people import ROLES

MOST_AT_ONCE = 10


# --- deciding -------------------------------------------------------------------------------


def assent(talk: Talk) -> Reply | None:
    """Offer the button for a decision to somebody who says 可以: a loose word decides nothing (C3,
    C23)."""
    request, tx = talk.request, talk.tx
    rows = waits(talk)
    quoted = marked_numbers(request.spoken.quote)
    numbers = [number for number in rows if number in quoted] or rows
    if not numbers or len(numbers) > MOST_AT_ONCE:
        return None
    first, *others = numbers
    entry = entry_of(tx, first)
    button = Button.of(say("hint.approve", number=first), "approve", f"#{first}")
    if not others:
        text = say("hint.assent", number=first, what=what(request, entry))
        return Reply(text=text, buttons=((button,),), private=True)
    line = " ".join(["approve", *(f"#{number}" for number in numbers)])
    all_of_them = proposals.answer_buttons(
        proposals.keep(tx, replace(request, line=line)), say("hint.approve_all", total=len(numbers))
    )
    text = say(
        "hint.assent_of",
        number=first,
        what=what(request, entry),
        others="、".join(f"#{number}" for number in others),
    )
    return Reply(text=text, buttons=((button, *all_of_them),), private=True)


def all_unseen(talk: Talk) -> Reply | None:
    """Refuse to approve everything unseen (C5)."""
    rows = waiting.waiting(talk.request, talk.tx)
    if not rows:
        return None
    numbers = " ".join(f"#{row.fact}" for row in rows[:3])
    one_by_one = Button.of(say("button.one_by_one"), "card")
    return Reply(text=say("hint.all_unseen", numbers=numbers), buttons=((one_by_one,),))


def reject(talk: Talk) -> Reply | Line | None:
    """The line for what waits of the named unit or kind, or a choice among a few."""
    reason = "{text}" if talk.heard.named.get("text") else ""
    if talk.number is not None:
        return talk.line(f"退回 {{numbers}} {reason}")
    entries = [entry_of(talk.tx, number) for number in waits(talk)]
    said = talk.heard.named.get("text", "")
    titled = [one for one in entries if one.title and _shares(one.title, said)]
    found = titled or entries
    if not found:
        return Line(text="待审", straight=True)
    if len(found) == 1:
        rest = "" if titled and not talk.heard.named.get("text") else reason
        return talk.line(f"退回 #{found[0].number} {rest}")
    return talk.choice("ear.reject_which", "ear.reject_one", "reject", found)


def _shares(title: str, said: str) -> bool:
    """Whether words name a title by four characters of it in a row, or all of a short one."""
    size = min(4, len(title))
    return any(title[at : at + size] in said for at in range(len(title) - size + 1))


def resolve(talk: Talk) -> Reply | Line | None:
    """The line for the only open appeal, or for the one that is named."""
    ideas, tx = talk.heard.ideas, talk.tx
    upheld = ""
    if "reject" in ideas or "不成立" in talk.request.spoken.copy:
        upheld = "不成立"
    elif "pass" in ideas or "成立" in talk.request.spoken.copy:
        upheld = "成立"
    number = talk.number
    if number is not None:
        entry = ledger.entry(tx, number)
        if entry is None or entry.fact.kind not in CASES:
            return None
        reason = talk.heard.named.get("reason", "")
        return Line(text=f"处理 #{number} {upheld} {reason}", straight=True)
    found = [
        entry_of(tx, row.fact)
        for row in waiting.waiting(talk.request, tx)
        if row.kind in CASES and (talk.unit is None or row.unit == talk.unit.code)
    ]
    if not found:
        queue = Button.of(say("button.queue"), "queue")
        return Reply(text=say("ear.resolve_none"), buttons=((queue,),))
    if len(found) == 1:
        return Line(text=f"处理 #{found[0].number} {upheld}", straight=True)
    return talk.choice("ear.resolve_which", "ear.resolve_one", "resolve", found)


# --- tasks, roles, values ---------------------------------------------------------------------


def settle(talk: Talk) -> Reply | Line:
    """结任务 with the counters as they were said."""
    request, tx = talk.request, talk.tx
    copy = request.spoken.copy
    counted = re.search(rf"(?:{'|'.join(ACTS.values())})[ =:：]*[0-9一二三四五六七八九十]", copy)
    counters = request.spoken.text[counted.start() :] if counted else ""
    number = talk.number
    entry = ledger.entry(tx, number) if number is not None else None
    if entry is None or (entry.fact.kind != "task" and "number" not in talk.heard.named):
        found = tasks.unsettled(tx, request.plan)
        named = [one for one in found if _shares(one.title, request.spoken.text)] or found
        if len(named) != 1:
            return talk.choice("ear.settle_which", "ear.settle_one", "settle", named)
        number = named[0].number
    if not counters:
        return Reply(text=say("ear.settle_form", number=number))
    return Line(text=f"结任务 #{number} {counters}", straight=True)


def grant(talk: Talk) -> Line:
    """授权 with the role that is named."""
    text = talk.request.spoken.text
    role = next((role for role in ROLES if role in text), "")
    unit = "{unit}" if talk.heard.named.get("unit", "") not in (role, "") else ""
    return Line(text=talk.line(f"授权 {{person}} {role} {unit}").text, straight=True)


def setting(talk: Talk) -> Line:
    """设置 在校人数 of the school or of a class."""
    found = re.findall(r"[0-9]{2,6}|[一二两三四五六七八九十百千万]{2,}", talk.request.spoken.copy)
    klass = talk.heard.named.get("class", "")
    counts = [one for one in found if one not in klass]
    said = " ".join(part for part in ("设置", klass, "在校人数", *counts[-1:]) if part)
    return Line(text=said, straight=True)


_DAY = re.compile(r"[0-9]{1,2}月[0-9]{1,2}[日号]?")
_DAYS = ("教学周", "考试周", "放假", "上班")


def calendar(talk: Talk) -> Line | None:
    """校历 with the days that are named and what they are."""
    copy = talk.request.spoken.copy
    what_ = next((word for word in _DAYS if word in copy), "上班" if "调休" in copy else "")
    days = "-".join(_DAY.findall(copy)[:2])
    if not what_ or not days:
        return None
    order = (what_, days) if what_.endswith("周") else (days, what_)
    return Line(text=" ".join(("校历", *order)))


def silence(talk: Talk) -> Reply | Line:
    """本群静音, in a group; elsewhere where to say it."""
    if talk.request.chat.group:
        return talk.line("本群静音 {when}")
    return Reply(text=say("ear.silence_there"))


def greeting(talk: Talk) -> Reply:
    """A greeting back, with what can be done."""
    return Reply(text=say("ear.greeting"), buttons=((Button.of(say("button.help"), "help"),),))


def courtesy(talk: Talk) -> Reply:
    """Answer thanks; but 收到 from somebody with a queue may be an assent (C3)."""
    may_be_assent = not talk.request.chat.group and "pass" in talk.heard.ideas
    offered = assent(talk) if may_be_assent else None
    return offered or Reply(text=say("hint.courtesy"))
