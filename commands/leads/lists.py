"""Read a pasted list of leads (C6): each line is a lead of its own. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from commands.chat.messages import Incoming
from commands.conversation.understanding import Understanding
from commands.grammar.folding import Spoken, fold
from commands.grammar.phones import find_phone, has_two
from commands.leads.report import MOST_AT_ONCE, lead
from commands.wording.sentences import say

_MARK = re.compile(r"^(?:\d{1,2}[.．、)）]|[①-⑳])\s*")


Read = Callable[[Incoming], Understanding]
"""Reads one line as if it had been sent alone."""


def leads_in(incoming: Incoming, said: Spoken, read: Read) -> Understanding | None:
    """A pasted list as one command, None for anything else. Its argument `many` holds pairs of a
    line's place and either its arguments or what is wrong with it."""
    raw = incoming.press if incoming.press is not None else incoming.text
    if "\n" not in raw or incoming.forwarded or not has_two(said.copy):
        return None
    lines = [line for line in said.text.split("\n") if line.strip()]
    first = read(_saying(incoming, lines[0]))
    if first.command is not lead or (first.missing and not first.addressed):
        return None
    many: list[tuple[int, Mapping[str, Any] | str]] = []
    each = lines[1:] if first.missing else [first.line, *lines[1:]]
    if len(each) > MOST_AT_ONCE:  # all of them are refused, so none needs to be read
        many, each = [(place, "") for place in range(1, len(each) + 1)], []
    for line in each:
        item = _lead_line(line)
        why: Mapping[str, Any] | str = say("lead.line_without_phone")
        if item:
            found = read(replace(_saying(incoming, item), addressed=True, quote=""))
            why = found.args if found.complete else found.problem or why
        many.append((len(many) + 1, why))
    whole = "\n".join([first.line, *lines[1:]])
    return replace(first, args={"many": tuple(many)}, line=whole, missing=None, problem="")


def _saying(incoming: Incoming, line: str) -> Incoming:
    if incoming.press is not None:
        return replace(incoming, press=line)
    return replace(incoming, text=line)


def _lead_line(line: str) -> str:
    """A line of a list as a lead; "" if it has neither the word nor a phone number."""
    line = _MARK.sub("", line.strip())
    word = next((word for word in lead.words if fold(line).startswith(word)), "")
    rest = _MARK.sub("", line[len(word) :].lstrip(" ：:，,、"))
    if not word and find_phone(fold(line)) is None:
        return ""
    return f"{lead.words[0]} {rest}"
