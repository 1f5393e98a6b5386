"""Wishes to report, correct or take back something: shown as a line, a choice or a question."""

import re
from dataclasses import replace

from commands.chat.messages import Button, Reply
from commands.conversation import dialogue
from commands.filing import recent
from commands.filing.describe import entry_of
from commands.grammar.days import find_when
from commands.grammar.folding import fold
from commands.grammar.phones import find_phone, without_phones
from commands.help.talk import MOST_BUTTONS, Line, Talk
from commands.leads import identity, report
from commands.leads.tidy import tidied
from commands.wording.formats import date_text, masked
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import erasures, histories, leadtext, ledger, tasks
from scoring.facts import State
from scoring.moments import DAY, day_of

MOST_LOOKED_AT = 200
RECENT = 60 * DAY
"""How far back to look for what somebody may mean."""

EVERYTHING = "done"


# --- leads ----------------------------------------------------------------------------------


def lead(talk: Talk) -> Reply:
    """Offer to report a phone among other words as a lead, as it would be filed."""
    said = tidied(talk.request.spoken.text, talk.lexicon, talk.request)
    shown = without_phones(said).split("\n")
    more = say("ear.more_leads", total=len(shown)) if len(shown) > MOST_BUTTONS else ""
    asked = lines(say("hint.as_lead"), *shown[:MOST_BUTTONS], more)
    return report.offered(talk.request, talk.tx, asked, said)


def how_to_lead(talk: Talk) -> Reply | Line:
    """Ask for name and phone in private; in a group say where."""
    did = [act for act in ACTS if act in talk.heard.ideas]
    if did and isinstance(card := participation(talk), Reply) and card.buttons:
        button = Button.of(report.lead.words[0], "lead")
        return Reply(text=say("ear.which"), buttons=((button, *card.buttons[0][:2]),))
    if not talk.request.chat.group:
        return Line(text=report.lead.words[0])
    button = Button.of(report.lead.words[0], "lead")
    return Reply(text=say("ear.lead_in_group"), buttons=((button,),))


def erase(talk: Talk) -> Reply:
    """Offer the erasure. Buttons name the lead by its #number, never by a phone."""
    phone = find_phone(talk.request.spoken.copy)
    numbers = _own_leads(talk, phone[0] if phone else "")
    if len(numbers) != 1:
        said = say("hint.erase", phone=phone[0] if phone else say("hint.phone"))
        return Reply(text=lines(said, say("hint.second")))
    number = numbers[0]
    shown = masked(identity.opened(talk.tx, number)[1])
    return Reply(
        text=lines(say("hint.erase_one", number=number, phone=shown), say("hint.second")),
        buttons=(
            (
                Button.of(say("hint.erase_refuse"), "erase", f"#{number} 拒联"),
                Button.of(say("hint.erase_only"), "erase", f"#{number}"),
            ),
        ),
    )


def _own_leads(talk: Talk, phone: str) -> list[int]:
    """The asker's own leads that can still be erased; only those of `phone` if it is given."""
    request, tx = talk.request, talk.tx
    mine = histories.of_person(tx, request.plan, request.who.id, MOST_LOOKED_AT)
    numbers = erasures.of_number(tx, phone) if phone else [entry.number for entry in mine]
    return [number for number in numbers if _erasable(talk, number)]


def _erasable(talk: Talk, number: int) -> bool:
    entry = ledger.entry(talk.tx, number)
    if entry is None or entry.fact.kind != "lead" or entry.fact.person != talk.request.who.id:
        return False
    gone = leadtext.is_erased(talk.tx, number)
    return not gone and bool(identity.opened(talk.tx, number)[1])


# --- what was done for a task -----------------------------------------------------------------


def participation(talk: Talk) -> Reply | Line | None:
    """Offer what somebody says to have done for a task, as the buttons of its card."""
    request, tx = talk.request, talk.tx
    found = tasks.open_tasks(tx, request.plan, request.at)
    number = talk.number
    if number is not None and ledger.entry(tx, number) is not None:
        task = entry_of(tx, number)
        if task.fact.kind != "task":
            return None
        found = [task]
    if not found:
        return Reply(text=say("task.none"))
    acts = [act for act in ACTS if act in talk.heard.ideas]
    if not acts or "everything" in talk.heard.ideas:
        acts = [EVERYTHING, *acts]
    if len(found) == 1:
        task = found[0]
        counted = [act for act in acts if act == EVERYTHING or act in task.fact.details["metrics"]]
        buttons = tuple(
            Button.of(_label(act), act, f"#{task.number}")
            for act in (counted or [EVERYTHING])[:MOST_BUTTONS]
        )
        said = say("ear.did", number=task.number, title=task.title)
        return Reply(text=said, buttons=(buttons,))
    act = acts[0]
    buttons = tuple(
        Button.of(f"{_label(act)} #{task.number}", act, f"#{task.number}")
        for task in found[-MOST_BUTTONS:]
    )
    said = "；".join(
        say("ear.task", number=task.number, title=task.title) for task in found[-MOST_BUTTONS:]
    )
    return Reply(text=say("ear.did_which", said=said), buttons=(buttons,))


def of_class(talk: Talk) -> Line | None:
    """班级 with the act that is named, or all of them, for the class that is named or one's own
    only one."""
    own = talk.request.who.classes
    named = talk.heard.named
    klass = named.get("class") or (own[0] if len(own) == 1 else "")
    act = next((ACTS[act] for act in ACTS if act in talk.heard.ideas), "")
    if not klass or not act:
        return talk.line("班级 {class}")
    return Line(text=" ".join(filter(None, ("班级", klass, act, _heads(talk)))))


def meeting(talk: Talk) -> Line:
    """班会 with the class, the day and the head-count that are named."""
    own, named = talk.request.who.classes, talk.heard.named
    klass = named.get("class") or (own[0] if len(own) == 1 else "")
    return Line(text=" ".join(filter(None, ("班会", klass, named.get("when"), _heads(talk)))))


def _heads(talk: Talk) -> str:
    """How many people are said to have been there."""
    named = talk.heard.named
    said = named.get("heads_said") or named.get("count") or ""
    bare = named.get("bare", "").split()[-1:]
    return "".join(char for char in said if char.isdigit()) or "".join(bare).lstrip("#")


def _label(act: str) -> str:
    return say(f"ear.{act}")


# --- introductions, and reports for others ------------------------------------------------------


def introduction(talk: Talk) -> Line:
    """报介绍 with its kind."""
    return talk.line(f"报介绍 {'ppt' if 'ppt' in talk.heard.ideas else '视频'} {{text}} {{link}}")


def on_behalf(talk: Talk) -> Line:
    """代 a unit."""
    kinds = {"news": "报新闻", "video": "报视频", "article": "报软文", "column": "报栏目"}
    word = next((word for idea, word in kinds.items() if idea in talk.heard.ideas), "报新闻")
    return talk.line(f"代 {{unit}} {word} {{text}} {{link}}")


# --- taking back and putting right --------------------------------------------------------------


def undo(talk: Talk) -> Reply | Line | None:
    """What may be taken back: the only thing of the last minutes as a line, else a choice."""
    if talk.number is not None and ledger.entry(talk.tx, talk.number) is not None:
        return talk.line("撤回 {number}")
    found = _lately(talk, State.WAITING)
    if not found:
        return Line(text="撤回", straight=True)
    if (nth := _ORDINAL.search(talk.request.spoken.copy)) and (one := _of_batch(talk, nth[1])):
        return Line(text=f"撤回 #{one.number}")
    if len(found) == 1 and found[0].fact.recorded_at >= talk.request.now - recent.JUST_NOW:
        return Line(text=f"撤回 #{found[0].number}")
    return talk.choice("ear.undo_which", "ear.undo_one", "undo", found)


_ORDINAL = re.compile(r"第([一二三四五六七八九十])[条个篇]")


def _of_batch(talk: Talk, nth: str) -> ledger.Entry | None:
    """The 第二条 of what was last reported together, if that was just now."""
    fresh = recent.just_now(talk.request, talk.tx, State.WAITING)
    batch = [one for one in fresh if one.fact.recorded_at == fresh[0].fact.recorded_at]
    place = "一二三四五六七八九十".index(nth)
    return batch[::-1][place] if place < len(batch) else None


def correct(talk: Talk) -> Reply | Line | None:
    """What may be corrected, with what it is to become if that was said."""
    if talk.number is not None and ledger.entry(talk.tx, talk.number) is not None:
        return Line(text=f"更正 #{talk.number} {_becomes(talk)}".rstrip())
    found = _lately(talk, State.WAITING, State.REJECTED)
    if not found:
        return Reply(text=say("ear.edit_nothing"), buttons=((Button.of(say("ear.mine"), "mine"),),))
    fresh = [one for one in found if one.fact.recorded_at >= talk.request.now - recent.JUST_NOW]
    if len(fresh) == 1:
        return Line(text=f"更正 #{fresh[0].number} {_becomes(talk)}".rstrip())
    choice = talk.choice("ear.edit_which", "ear.edit_one", "edit", found)
    if "undo" not in talk.heard.ideas:
        return choice
    number = found[0].number
    take_back = Button.of(say("ear.undo_one", number=number), "undo", f"#{number}")
    return replace(choice, buttons=((*choice.buttons[0][: MOST_BUTTONS - 1], take_back),))


def _lately(talk: Talk, *states: State) -> list[ledger.Entry]:
    """The asker's reports that may be meant: of the kind that was spoken of, the newest first."""
    found = recent.own(talk.request, talk.tx, *states)
    leads = {"child", "lead"} & talk.heard.ideas or "@phone" in talk.heard.ideas
    if leads:
        found = [one for one in found if one.fact.kind == "lead"] or found
    return found[:MOST_BUTTONS]


_BECOMES = re.compile(
    r"(?:改成|改为|换成|应该是|应为|应是|不对[,， ]*是|正确的是|正确是|错了[,， ]*是|是|改)[:： ]*"
)


def _becomes(talk: Talk) -> str:
    """The words after 改成, 应该是 and the like; a phone wherever it stands."""
    text = talk.request.spoken.text
    found = list(_BECOMES.finditer(fold(text)))
    after = text[found[-1].end() :].strip(" 。，,.!！") if found else ""
    phone = talk.heard.named.get("phone", "")
    return phone if phone and phone not in after.replace(" ", "") else after


def doubt(talk: Talk) -> Reply | Line:
    """Offer to doubt a number, or recent entries of the named units and kinds."""
    request, tx = talk.request, talk.tx
    if talk.number is not None and ledger.entry(tx, talk.number) is not None:
        return Line(text=f"反映 #{talk.number} {talk.request.spoken.text}"[:200])
    plan, copy = request.plan, request.spoken.copy
    units = {talk.unit.code} if talk.unit else set[str]()
    kinds = {kind.code for kind in plan.kinds.values() if kind.word.casefold() in copy}
    span = {"since": request.now - RECENT, "until": request.now}
    numbers = sorted(
        (
            entry.number
            for unit in units
            for kind in kinds
            for entry in histories.of_unit(tx, plan, unit, kind, **span)
        ),
        reverse=True,
    )[:MOST_BUTTONS]
    buttons = tuple(
        Button.of(say("hint.doubt_one", number=number), "doubt", f"#{number}") for number in numbers
    )
    shown = f"#{numbers[0]}" if numbers else say("hint.number")
    return Reply(text=say("hint.doubt", number=shown), buttons=(buttons,) if buttons else ())


def mute(talk: Talk) -> Line:
    """免打扰; without a day it asks itself."""
    said = fold(talk.heard.named.get("when", ""))
    until = find_when(said, talk.request.plan.year, talk.request.at)
    if until is None:
        return Line(text="免打扰", straight=True)
    return Line(text=f"免打扰 到 {date_text(day_of(until[0]))}")


def cancel(talk: Talk) -> Reply:
    """Drop what waits for the asker's 确认, as 取消 does."""
    return dialogue.drop(talk.request, talk.tx)
