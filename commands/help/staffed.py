"""Wishes about who does what: standing in, moving, leaving, another 宣传员; and about the plan."""

import re

from commands.chat.messages import Reply
from commands.grammar.folding import fold
from commands.help.talk import Line, Talk
from commands.wording.sentences import say
from db.people import ADMIN, ROLES
from scoring.switches import SWITCHES, word

_INSTEAD_OF = re.compile(r"(?:代替|替换|替|代理|代)(?=[\u4e00-\u9fff])")


def deputy(talk: Talk) -> Line:
    """代班: of two people who are named the first is away, unless 替 stands before the second. A
    decider is away himself."""
    people = talk.heard.named.get("person", "").split()
    copy = talk.request.spoken.copy
    if len(people) > 1:
        away = next(
            (
                one
                for found in _INSTEAD_OF.finditer(copy)
                for one in people
                if _at(copy, found, one)
            ),
            people[0],
        )
        others = [one for one in people if one != away]
        said = f"替 {away} {others[0]}"
    elif people and ADMIN in talk.request.who.roles and _named_after(copy, people[0]):
        said = f"替 {people[0]}"
    else:
        said = " ".join(people)
    until = talk.heard.named.get("when", "")
    return Line(
        text=" ".join(filter(None, ("代班", said, until and f"到 {_end(until)}"))), straight=True
    )


def _at(copy: str, found: re.Match[str], name: str) -> bool:
    return copy.startswith(fold(name), found.end())


def _named_after(copy: str, name: str) -> bool:
    return any(_at(copy, found, name) for found in _INSTEAD_OF.finditer(copy))


def _end(when: str) -> str:
    """The day of 到4月10日 and 4月10日之前, as 代班 reads it."""
    return when.strip(" 到至之以前止")


def move(talk: Talk) -> Reply | Line:
    """调动; of two units the last is where to. Who shares a name is named by number."""
    text, people = talk.request.spoken.text, talk.heard.named.get("person", "")
    if _is_shared(talk, people):
        return Reply(text=say("ear.roster"))
    units = talk.heard.named.get("units", "").split("|")
    person = people.split(" ")[0] or _staff_no(text)
    return _filled("调动", person, units[-1], talk.heard.named.get("when", ""))


def depart(talk: Talk) -> Reply | Line:
    """离职. Who shares a name is named by number."""
    named = talk.heard.named
    if _is_shared(talk, named.get("person", "")):
        return Reply(text=say("ear.roster"))
    person = named.get("person", "").split(" ")[0] or _staff_no(talk.request.spoken.text)
    return _filled("离职", person, named.get("when", ""))


def _is_shared(talk: Talk, people: str) -> bool:
    admin = ADMIN in talk.request.who.roles
    return admin and len(talk.lexicon.names.get(fold(people.partition(" ")[0]), ())) > 1


def officer(talk: Talk) -> Line:
    """换宣传员: of two people who are named the last is the new one."""
    people = talk.heard.named.get("person", "").split()
    return _filled("换宣传员", talk.heard.named.get("unit", ""), people[-1] if people else "")


_ROLL = re.compile(
    r"(?P<absent>缺席|缺勤|没有?来|没有?到|未到|旷)|(?P<leave>请了?假)|(?P<failed>不合格|没有?考?过|不及格)"
)
_LISTS = {"absent": "缺席", "leave": "请假", "failed": "不合格"}


def training(talk: Talk) -> Line:
    """培训 with its roll: 缺席 牛志 and 牛志没来 alike. A word of the roll holds for the people
    behind it where the first one stands before the first name, else for those before it."""
    copy = talk.request.spoken.copy
    people = dict.fromkeys(talk.heard.named.get("person", "").split())
    said = sorted(
        [(copy.find(fold(name)), name, "") for name in people]
        + [(found.start(), "", _LISTS[found.lastgroup or ""]) for found in _ROLL.finditer(copy)]
    )
    before = bool(said) and not said[0][1]
    lists: dict[str, list[str]] = {word: [] for word in _LISTS.values()}
    word = ""
    for _, name, status in said if before else reversed(said):
        if status:
            word = status
        elif word:
            lists[word].append(name)
    roll = (" ".join((word, *names)) for word, names in lists.items() if names)
    title = talk.heard.named.get("text", "")
    when = talk.heard.named.get("when", "")
    return Line(text=" ".join(filter(None, ("培训", title or "培训", when, *roll))))


def take_back(talk: Talk) -> Line:
    """收回授权, with the role that is named."""
    text = talk.request.spoken.text
    role = next((role for role in ROLES if role in text), "")
    if not role and "融媒体" in text:
        role = "融媒体中心"
    return _filled("收回授权", talk.heard.named.get("person", ""), role)


def _filled(*parts: str) -> Line:
    return Line(text=" ".join(part for part in parts if part), straight=True)


_STAFF_NO = re.compile(r"[A-Za-z][0-9]{3,6}")


def _staff_no(text: str) -> str:
    found = _STAFF_NO.search(text)
    return found[0] if found else ""


# --- the plan -----------------------------------------------------------------------------


def whatif(talk: Talk) -> Reply | Line:
    """试算 with the reading that is named, by its number or by a value that only it has."""
    copy = talk.request.spoken.copy
    number = talk.heard.named.get("reading_said", "").upper()
    said = [
        (one, word(one, value))
        for one, switch in SWITCHES.items()
        for value in switch.values[1:]
        if word(one, value) in copy and (not number or one == number)
    ]
    command = talk.request.registry.commands["whatif"]
    if len(said) == 1 and command.roles & talk.request.who.roles:
        return Line(text=f"试算 {said[0][0]} {said[0][1]}", straight=True)
    return Reply(text=say("ear.whatif"))
