"""A pasted list of leads, one a line (C6): each line is read as a lead of its own. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from commands.chat.messages import MAX_TEXT, Incoming
from commands.conversation.registry import COMMANDS
from commands.conversation.router import understand
from commands.conversation.understanding import Understanding
from commands.grammar.folding import clean, clean_and_fold, fold
from commands.grammar.lexicon import Lexicon
from commands.grammar.quantities import find_phone, has_phone
from commands.wording.sentences import say
from db.people import Person

_MARK = re.compile(r"^(?:\d{1,2}[.．、)）]|[①-⑳])\s*")


def heard(
    incoming: Incoming,
    lexicon: Lexicon,
    who: Person | None,
    *,
    bot_names: Sequence[str],
    year: int,
    pending: str = "",
) -> Understanding:
    """What an event means, a list of leads among the rest: its `args` are then `many`, pairs of
    a line's place and its arguments, or what is wrong with it."""
    meaning = understand(incoming, lexicon, who, bot_names=bot_names, year=year, pending=pending)
    raw = incoming.press if incoming.press is not None else incoming.text
    if "\n" not in raw or len(raw) > MAX_TEXT or incoming.forwarded or not _has_two(raw):
        return meaning
    read = partial(understand, lexicon=lexicon, who=who, bot_names=bot_names, year=year)
    lines = [line for line in clean(raw).split("\n") if line.strip()]
    first = read(_saying(incoming, lines[0]))
    if first.command is not COMMANDS["lead"] or (first.missing and not first.addressed):
        return meaning
    many: list[tuple[int, Mapping[str, Any] | str]] = []
    for line in lines[1:] if first.missing else [first.line, *lines[1:]]:
        item = _lead_line(line)
        said: Mapping[str, Any] | str = say("lead.line_without_phone")
        if item:
            one = replace(_saying(incoming, item), addressed=True, quote="")
            found = read(one)
            said = found.args if found.complete else found.problem or said
        many.append((len(many) + 1, said))
    whole = "\n".join([first.line, *lines[1:]])
    return replace(first, args={"many": tuple(many)}, line=whole, missing=None, problem="")


def _has_two(raw: str) -> bool:
    _, copy = clean_and_fold(raw)
    found = find_phone(copy)
    return found is not None and (
        has_phone(copy, found[2]) or find_phone(copy[found[2] :]) is not None
    )


def _saying(incoming: Incoming, line: str) -> Incoming:
    if incoming.press is not None:
        return replace(incoming, press=line)
    return replace(incoming, text=line)


def _lead_line(line: str) -> str:
    """A line of a list as a lead; "" where neither the word nor a number is in it."""
    lead = COMMANDS["lead"]
    line = _MARK.sub("", line.strip())
    word = next((word for word in lead.words if fold(line).startswith(word)), "")
    rest = _MARK.sub("", line[len(word) :].lstrip(" ：:，,、"))
    if not word and find_phone(fold(line)) is None:
        return ""
    return f"{lead.words[0]} {rest}"
