"""What acts without a command word: a child's number, a pasted 接龙, a forwarded lead, a table, a
picture, a contact."""

from collections.abc import Collection, Mapping
from typing import Any

from commands.chat.messages import Incoming
from commands.chat.requests import Command
from commands.conversation.understanding import Understanding
from commands.evidence.taking import NAME as EVIDENCE
from commands.filing.pictured import PICTURE
from commands.grammar.folding import Spoken
from commands.grammar.phones import numbers_in
from commands.grammar.quantities import marked_numbers
from commands.leads import recall
from commands.leads.report import lead
from commands.tasks.jielong import is_one
from commands.tasks.participation import acts_said
from db.people import NOBODY, Person
from scoring.plan import Plan


def would_write(meaning: Understanding) -> bool:
    """Whether the author of an edited text may believe that it counts."""
    command = meaning.command
    return meaning.complete and command is not None and not command.reads


def childs_number(
    incoming: Incoming,
    said: Spoken,
    meaning: Understanding,
    who: Person,
    plan: Plan,
    *,
    own: Collection[str],
) -> bool:
    """Whether a group sees a child's number in a text that is no command for this speaker."""
    command = meaning.command
    known = who is not NOBODY or (command is not None and command.unbound)
    if meaning.complete and known and not incoming.edited:
        return False
    as_lead = command is lead or incoming.text.lstrip(" /／").startswith(lead.words)
    return recall.minors_number(incoming, said, plan, own, as_lead=as_lead)


def exposes(incoming: Incoming, said: Spoken, meaning: Understanding, own: Collection[str]) -> bool:
    """Whether a command brings a mobile number into a group, in its text or a file's name. What is
    neither complete nor addressed to us is talk (C7)."""
    if not incoming.chat.group or incoming.press is not None or meaning.command is None:
        return False
    if not (meaning.complete or meaning.addressed):
        return False
    name = incoming.file.name if incoming.file is not None else ""
    return numbers_in(said.copy, own) or numbers_in(name, own)


def handed_in(
    incoming: Incoming,
    said: Spoken,
    meaning: Understanding,
    who: Person,
    commands: Mapping[str, Command],
) -> Understanding | None:
    """The command for a 接龙 or several acts at once (C9), for a picture and, in a 1:1 chat, for a
    forwarded number or a contact (C20), a table of results (C11) or what cannot be read; None
    otherwise. `commands`: all, by name."""
    if incoming.brings and not incoming.edited and incoming.press is None:
        name = _brought(incoming, said, meaning, who)
        if name:
            to_us = meaning.addressed or not incoming.chat.group
            return Understanding(command=commands[name], line=name, addressed=to_us)
    if who is NOBODY or incoming.edited or incoming.press is not None:
        return None
    if meaning.addressed or not incoming.chat.group:
        quoted = marked_numbers(said.quote)
        args: dict[str, Any] = {"number": quoted[0]} if len(quoted) == 1 else {}
        if is_one(said.copy):
            return Understanding(command=commands["chain"], line="chain", args=args)
        if (several := acts_said(said.copy)) is not None:
            acts, number = several
            args |= {"acts": acts} | ({} if number is None else {"number": number})
            return Understanding(command=commands["acts"], line="acts", args=args)
    if incoming.chat.group:
        return None
    if incoming.forwarded and recall.holds_phone(said.copy):
        return Understanding(command=commands["forwarded"], line="forwarded")
    unnamed = meaning.command is None or meaning.command.name == "pending"
    if incoming.file is None or not unnamed:
        return None
    takers = [commands[name] for name in _TAKERS if commands[name].roles & who.roles]
    if not takers or not incoming.file.name.casefold().endswith(_TABLES):
        return None
    taker = takers[0] if len(takers) == 1 else commands["untitled"]
    return Understanding(command=taker, line=taker.name)


def _brought(incoming: Incoming, said: Spoken, meaning: Understanding, who: Person) -> str:
    """The command for what a message brings beside its text, "" where the text decides. In a group
    a picture is ours only under a quote of ours, beside a command, or in an album with one."""
    picture = incoming.brings == PICTURE
    if incoming.chat.group:
        quotes = meaning.addressed and bool(incoming.quote)
        follows = bool(incoming.album) and not said.text and who is not NOBODY
        ours = picture and meaning.command is None and (quotes or follows)
        return EVIDENCE if ours else ""
    if picture:
        return EVIDENCE if incoming.forwarded or not said.text else ""
    if incoming.brings == "contact" and recall.holds_phone(said.copy):
        return "forwarded"
    return "" if said.text and meaning.command is not None else "unheard"


_TAKERS = ("deskfile", "records", "roster")
"""Who takes a table that comes without a word: the desk, the assessors with a 台账, and the
administrator with a roster. Whoever is more than one of them has it looked at."""

_TABLES = (".xlsx", ".xls", ".csv")
