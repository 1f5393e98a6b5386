"""The second ear: what somebody wants who used no command (decision 0075).

It is asked last and books nothing by itself. A wish to know something becomes a line that is
carried out; a wish to do something a line that is shown; several likely ones a question.
"""

import re

from commands.chat.messages import Button, Reply
from commands.chat.requests import Command, Request, shown
from commands.duties.obligations import leads_due
from commands.ear.listening import Heard, filled, listen
from commands.ear.wishes import Vocabulary, Wish, vocabulary
from commands.filing import recent
from commands.filing.chosen import in_plan
from commands.grammar.lexicon import Lexicon
from commands.grammar.line import Setting
from commands.grammar.phones import find_phone
from commands.help import examples
from commands.help.talk import MOST_BUTTONS, Line, Talk
from commands.help.ways import WAYS
from commands.leads import identity
from commands.wording.formats import date_text
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Tx
from scoring.facts import State
from scoring.moments import day_of, week_of

NAMED = frozenset({"@phone", "@link", "@number", "@bare", "@titled"})
"""Who names one of these says more than a wish, and means the rest as they write it."""


def answer(
    request: Request, tx: Tx, lexicon: Lexicon, *, instead_of: Command | None
) -> Reply | Line | None:
    """What to say or do about words that are no command; None where nothing is understood.
    `instead_of`: the command whose arguments they may be, about which something better can be
    said unless every word is plain, or it is what was meant."""
    if (alone := _alone(request, tx)) is not None:
        return alone
    heard = _heard(request, lexicon)
    if heard is None or not heard.wishes:
        return None
    talk = Talk(request=request, tx=tx, heard=heard, lexicon=lexicon)
    plain = heard.plain or bool(NAMED & heard.ideas)
    if instead_of is not None and not (plain and _better_than(instead_of, talk)):
        return None
    if not plain:
        return _question(talk)
    for wish in heard.wishes:
        if (found := _meant(talk, wish)) is not None:
            return found
    return _not_theirs(talk)


def _better_than(command: Command, talk: Talk) -> bool:
    heard = talk.heard
    wish = heard.wishes[0]
    meant = _command(talk.request, wish.line)
    named = heard.sure | NAMED
    sure = all(group & named for group in wish.needs)
    return not heard.left or "@phone" in heard.ideas or meant is command or sure


def is_a_wish(request: Request, lexicon: Lexicon) -> bool:
    """Whether words are a wish and nothing else."""
    heard = _heard(request, lexicon)
    return heard is not None and bool(heard.wishes) and not heard.left


def _heard(request: Request, lexicon: Lexicon) -> Heard | None:
    setting = Setting(lexicon, request.plan.year, request.at)
    return listen(request.spoken, setting, _vocabulary(request), request.who.roles)


def _vocabulary(request: Request) -> Vocabulary:
    said = (shown(entry) for entry in request.registry.commands.values() if not entry.internal)
    return vocabulary(tuple(sorted(said)))


def _meant(talk: Talk, wish: Wish) -> Reply | Line | None:
    if wish.way:
        return WAYS[wish.way](talk)
    if wish.says:
        return _said(talk, wish)
    command = _command(talk.request, wish.line)
    if command is None or not (command.judges or _may(talk.request, command)):
        return None
    return Line(text=filled(wish.line, talk.heard.named), straight=wish.straight)


def _not_theirs(talk: Talk) -> Line | None:
    """The line of somebody else's command, for the answer that says whose it is."""
    lines = (wish for wish in talk.heard.wishes if wish.line)
    found = next((wish for wish in lines if _command(talk.request, wish.line) is not None), None)
    return Line(text=filled(found.line, talk.heard.named), straight=True) if found else None


def _said(talk: Talk, wish: Wish) -> Reply:
    today = day_of(talk.request.now)
    told = {
        "today": date_text(today),
        "week": week_of(today).rpartition("W")[2],
        "each": leads_due(talk.request.plan),
    }
    text = say(f"ear.{wish.says}", **told)
    known = talk.request.registry.commands
    entries = (known[name] for name in wish.offers if name in known)
    row = tuple(
        Button.of(shown(entry), entry.name) for entry in entries if _may(talk.request, entry)
    )
    return Reply(text=text, buttons=(row[:MOST_BUTTONS],) if row else ())


def _command(request: Request, line: str) -> Command | None:
    return request.registry.words.get(line.partition(" ")[0].casefold())


def _may(request: Request, command: Command) -> bool:
    return in_plan(command.name, request.plan) and (
        not command.roles or not command.roles.isdisjoint(request.who.roles)
    )


def _question(talk: Talk) -> Reply | None:
    """At most three likely commands as buttons, best first; none of them does anything yet."""
    request = talk.request
    row: dict[str, Button] = {}
    for wish in talk.heard.wishes:
        found = Line(text=wish.line) if wish.line else _meant(talk, wish)
        if isinstance(found, Reply) and not row:
            return found
        command = _command(request, found.text) if isinstance(found, Line) else None
        if command is None:
            continue
        if _may(request, command) and command.name not in row:
            row[command.name] = examples.button(
                command, examples.line(request, talk.tx, command)
            ) or Button.of(shown(command), "help", shown(command))
    if not row:
        return None
    buttons = (*list(row.values())[: MOST_BUTTONS - 1], Button.of(say("button.help"), "help"))
    return Reply(text=say("speaking.guess"), buttons=(tuple(dict.fromkeys(buttons)),))


# --- a bare number ------------------------------------------------------------------------

_PHONE = re.compile(r"[+\d -]{11,20}")
_ITS_PHONE = re.compile(
    r"(?:(?:他|她|孩子|学生|家长|本人)的?)?(?:联系)?(?:电话|手机|号码?)*[是为:：,， ]*"
    r"(?P<phone>[+\d -]{11,20})[。.]?"
)
_NUMBER = re.compile(r"(?:任务|第)? ?#?(\d{1,6}) ?(?:条|号)?")


_MENTION = re.compile(r"[@＠]\S*")


def _says_anything(request: Request) -> bool:
    """Whether there is anything beside mentions of us."""
    return any(map(str.isalnum, _MENTION.sub("", request.spoken.copy)))


def _alone(request: Request, tx: Tx) -> Reply | Line | None:
    """A phone or a number alone does not say what is wanted, so name the ways to ask."""
    copy = request.spoken.copy.strip()
    if request.chat.group and not request.line and not _says_anything(request):
        return Reply(text=say("ear.greeting"))
    if copy and not copy.strip("? "):
        return Line(text=shown(request.registry.commands["help"]), straight=True)
    if (completed := _completed(request, tx, copy)) is not None:
        return completed
    if _PHONE.fullmatch(copy) and find_phone(copy) is not None:
        return Reply(text=say("hint.phone_alone"))
    found = _NUMBER.fullmatch(copy)
    if found is None:
        return None
    number = int(found[1])
    if ledger.entry(tx, number) is None:
        return Reply(text=say("hint.count_alone", count=number))
    button = Button.of(say("hint.story", number=number), "why", f"#{number}")
    return Reply(text=say("hint.number_alone", number=number), buttons=((button,),))


def _completed(request: Request, tx: Tx, copy: str) -> Reply | Line | None:
    """A phone that comes minutes after a lead without one belongs to that lead; of several the
    lead is asked for."""
    said = _ITS_PHONE.fullmatch(copy)
    phone = find_phone(said["phone"]) if said and not request.chat.group else None
    if phone is None:
        return None
    lacking = [
        entry
        for entry in recent.just_now(request, tx, State.WAITING)
        if entry.fact.kind == "lead" and not identity.opened(tx, entry.number)[1]
    ]
    if len(lacking) == 1:
        return Line(text=f"更正 #{lacking[0].number} {phone[0]}", straight=True)
    if not lacking:
        return None
    named = "；".join(
        say(
            "ear.thing",
            number=entry.number,
            what=identity.described(tx, request.plan, entry, full=False),
        )
        for entry in lacking[:MOST_BUTTONS]
    )
    return Reply(text=say("hint.phone_of", number=lacking[0].number, named=named))
