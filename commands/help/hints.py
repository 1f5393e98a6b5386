"""Hints for people who say in their own words what they want: the word for it, with an example
or a button. A hint does nothing by itself, and is only given to somebody who addresses the bot.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, shown
from commands.conversation import proposals
from commands.filing.describe import entry_of, what
from commands.grammar.phones import find_phone
from commands.grammar.quantities import marked_numbers
from commands.help import examples
from commands.leads import identity, report
from commands.review import waiting
from commands.wording.formats import masked, points, short
from commands.wording.sentences import lines, say
from db import erasures, histories, ledger
from db.engine.tx import Reading, Tx
from scoring.cards import scorecard
from scoring.moments import DAY

MOST_BUTTONS = 3
MOST_LOOKED_AT = 200
MOST_AT_ONCE = 10
RECENT = 60 * DAY
"""How far back to look for what somebody may mean."""

Hint = Callable[[Request, Tx, str], Reply | None]


def hint(request: Request, tx: Tx) -> Reply | None:
    """Suggest the command that a message seems to ask for; None when unclear."""
    if request.pressed:
        return None
    copy = request.spoken.copy.strip()
    hints = _IN_GROUPS if request.chat.group else _HINTS
    found = (way(request, tx, copy) for pattern, way in hints if pattern.search(copy))
    if (reply := next((reply for reply in found if reply is not None), None)) is not None:
        return reply
    return _meant(request, tx, copy)


# --- a number that somebody wants gone ----------------------------------------------------

_GONE = re.compile(
    r"\A(?=.*(?:删|抹|去掉|清掉|别再打|不要再打|别打|不要打|不要再联系|别联系))"
    r"(?=.*(?:号码|电话|手机|线索|信息|家长|孩子|\d{11}))",
    re.DOTALL,
)


def _erase(asking: Asking, tx: Tx, copy: str) -> Reply:
    """Offer the erasure. Buttons name the lead by its #number, never by a phone."""
    phone = find_phone(copy)
    numbers = _own_leads(asking, tx, phone[0] if phone else "")
    if len(numbers) != 1:
        said = say("hint.erase", phone=phone[0] if phone else say("hint.phone"))
        return Reply(text=lines(said, say("hint.second")))
    number = numbers[0]
    shown = masked(identity.opened(tx, number)[1])
    return Reply(
        text=lines(say("hint.erase_one", number=number, phone=shown), say("hint.second")),
        buttons=(
            (
                Button.of(say("hint.erase_refuse"), "erase", f"#{number} 拒联"),
                Button.of(say("hint.erase_only"), "erase", f"#{number}"),
            ),
        ),
    )


def _own_leads(asking: Asking, tx: Reading, phone: str) -> list[int]:
    """The asker's own leads that can still be erased; only those of `phone` if it is given."""
    mine = histories.of_person(tx, asking.plan, asking.who.id, MOST_LOOKED_AT)
    numbers = erasures.of_number(tx, phone) if phone else [entry.number for entry in mine]
    return [number for number in numbers if _erasable(asking, tx, number)]


def _erasable(asking: Asking, tx: Reading, number: int) -> bool:
    entry = ledger.entry(tx, number)
    if entry is None or entry.fact.kind != "lead" or entry.fact.person != asking.who.id:
        return False
    return not identity.is_erased(tx, number) and bool(identity.opened(tx, number)[1])


def _lead(request: Request, tx: Tx, copy: str) -> Reply | None:
    """Offer to report a phone among other words as a lead."""
    if find_phone(copy) is None:
        return None
    return report.offered(request, tx, say("hint.as_lead"))


# --- something that is not as it was reported ---------------------------------------------

_AMISS = re.compile(r"举报|投诉|造假|作假|弄虚|冒充|抄袭|不属实|往年的|去年的|旧的")


def _doubt(asking: Asking, tx: Tx, copy: str) -> Reply:
    """Offer to doubt recent entries of the named units and kinds; else only name the word."""
    plan = asking.plan
    units = {
        unit.code
        for unit in plan.units
        if any(alias.casefold() in copy for alias in (unit.name, *unit.aliases))
    }
    kinds = {kind.code for kind in plan.kinds.values() if kind.word.casefold() in copy}
    span = {"since": asking.now - RECENT, "until": asking.now}
    numbers = sorted(
        (
            entry.number
            for unit in units
            for kind in kinds
            for entry in ledger.of_unit(tx, plan, unit, kind, **span)
        ),
        reverse=True,
    )[:MOST_BUTTONS]
    buttons = tuple(
        Button.of(say("hint.doubt_one", number=number), "doubt", f"#{number}") for number in numbers
    )
    shown = f"#{numbers[0]}" if numbers else say("hint.number")
    return Reply(text=say("hint.doubt", number=shown), buttons=(buttons,) if buttons else ())


# --- a bare number ------------------------------------------------------------------------


def _phone_alone(asking: Asking, tx: Tx, copy: str) -> Reply | None:
    if find_phone(copy) is None:
        return None
    return Reply(text=say("hint.phone_alone"))


def _number_alone(asking: Asking, tx: Tx, copy: str) -> Reply | None:
    """#12 alone does not say what is wanted, so name the ways to ask."""
    number = int("".join(filter(str.isdigit, copy)))
    if ledger.entry(tx, number) is None:
        return Reply(text=say("hint.count_alone", count=number))
    button = Button.of(say("hint.story", number=number), "why", f"#{number}")
    return Reply(text=say("hint.number_alone", number=number), buttons=((button,),))


# --- points that are gone -----------------------------------------------------------------

_LOST = re.compile(r"(?:扣|丢|少|没)了?.{0,4}分|扣分|为(?:什么|啥).{0,6}(?:扣|少)")


def _losses(request: Request, tx: Reading, copy: str) -> Reply | None:
    """What the asker's unit has lost, item by item, without naming absent people in a group."""
    plan = request.plan
    unit = plan.by_code.get(request.who.unit)
    if unit is None or not unit.scored:
        return None
    at = request.now
    card = scorecard(plan, unit, ledger.tallies(tx, plan), ledger.basis(tx, plan, at, at), at)
    lost = [line for line in card.verdicts if line.lost]
    if not lost:
        return None
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
    return Reply(
        text=lines(
            say("hint.losses", unit=unit.name, points=points(card.lost), said=shown),
            say("hint.reasons", said=reasons) + (say("hint.names") if names else ""),
        ),
        buttons=((why,),),
    )


# --- something that is waited for ---------------------------------------------------------

_ASSENT = re.compile(r"^(?:可以|同意|行|好|好的|ok|没问题|准了?|通过吧)[。.!！~]?$")
_ALL = re.compile(r"^(?:全部?|都|一起|统统)(?:都)?通过[。!！]?$")


def _assent(request: Request, tx: Tx, copy: str) -> Reply | None:
    """Offer the button for a decision to somebody who says 可以: a loose word decides nothing (C3,
    C23)."""
    rows = waiting.waiting(request, tx)
    quoted = marked_numbers(request.spoken.quote)
    numbers = [row.fact for row in rows if row.fact in quoted] or [row.fact for row in rows]
    if not numbers or len(numbers) > MOST_AT_ONCE:
        return None
    first, *others = numbers
    entry = entry_of(tx, first)
    button = Button.of(say("hint.approve", number=first), "approve", f"#{first}")
    if not others:
        text = say("hint.assent", number=first, what=what(request, entry))
        return Reply(text=text, buttons=((button,),))
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
    return Reply(text=text, buttons=((button, *all_of_them),))


def _all_unseen(asking: Asking, tx: Reading, copy: str) -> Reply | None:
    """Refuse to approve everything unseen (C5)."""
    rows = waiting.waiting(asking, tx)
    if not rows:
        return None
    numbers = " ".join(f"#{row.fact}" for row in rows[:3])
    one_by_one = Button.of(say("button.one_by_one"), "card")
    return Reply(text=say("hint.all_unseen", numbers=numbers), buttons=((one_by_one,),))


_IN_GROUPS: tuple[tuple[re.Pattern[str], Hint], ...] = ((_LOST, _losses),)
"""Hints that may be given where everybody can read them (C8)."""

# --- a word by another name ---------------------------------------------------------------

_MEANT: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"怎么用|怎么操作|能做什么|能干什么|会什么|菜单|功能|说明书|使用说明"), ("help",)),
    (re.compile(r"^(?:您好|你好|在吗|在不在|早上好|下午好|hi|hello)"), ("help",)),
    (re.compile(r"扣|失分|丢分|少了.{0,3}分"), ("why", "score")),
    (re.compile(r"多少分|几分|分数|考核结果|得了.{0,3}分"), ("score", "rank")),
    (re.compile(r"第几|名次|排行"), ("rank",)),
    (re.compile(r"(?:没|未)(?:做|交|报|完成)|还差|还欠|还要做|任务有哪些"), ("todo", "quota")),
    (re.compile(r"几号|哪天|期限|最后一天|来得及"), ("deadlines",)),
    (re.compile(r"审"), ("queue",)),
    (re.compile(r"(?:学生|孩子|亲戚|邻居).{0,8}(?:想来|想读|想学|想报|咨询|报名)"), ("lead",)),
    (re.compile(r"看.{0,3}线索|我报的|我报过|查一下我"), ("mine",)),
    (re.compile(r"权限|管理员|角色|换人"), ("grant",)),
    (re.compile(r"绑|账号|工号"), ("confirm", "bind")),
    (re.compile(r"别.{0,2}(?:烦|吵|提醒)|太多消息|不要.{0,3}(?:发|提醒)"), ("mute",)),
)
"""What people call a thing -> its commands; those the asker may not use are left out."""


def _meant(request: Request, tx: Tx, copy: str) -> Reply | None:
    for pattern, names in _MEANT:
        if not pattern.search(copy):
            continue
        meant = [request.registry.commands[name] for name in names]
        entries = [entry for entry in meant if not entry.roles or entry.roles & request.who.roles]
        buttons = [
            examples.button(entry, examples.line(request, tx, entry))
            or Button.of(shown(entry), entry.name)
            for entry in entries
        ]
        if buttons:
            row = (*buttons, Button.of(say("button.help"), "help"))
            return Reply(text=say("speaking.guess"), buttons=(tuple(dict.fromkeys(row)),))
    return None


_COURTESY = re.compile(
    r"^(?:谢谢|多谢|感谢|辛苦了?|好的?|嗯+|收到|知道了|明白了?|再见)[您你老师了啦哈呀!。~ ]*$"
)


def _courtesy(asking: Asking, tx: Tx, copy: str) -> Reply | None:
    """Answer thanks; but 收到 from somebody with a queue may be an assent (C3)."""
    if waiting.waiting(asking, tx):
        return None
    return Reply(text=say("hint.courtesy"))


_HINTS: tuple[tuple[re.Pattern[str], Hint], ...] = (
    (re.compile(r"^[+\d -]{11,20}$"), _phone_alone),
    (re.compile(r"^(?:任务|第)? ?#?\d{1,6} ?(?:条|号)?$"), _number_alone),
    (_COURTESY, _courtesy),
    (_GONE, _erase),
    (_AMISS, _doubt),
    (_ALL, _all_unseen),
    (_ASSENT, _assent),
    *_IN_GROUPS,
    (re.compile(r"[^\d\s]"), _lead),
)
"""Tried in this order; the first with something to say answers."""
