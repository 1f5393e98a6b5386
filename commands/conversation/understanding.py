"""What a message was understood to ask for."""

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import Any

from commands.chat.requests import Command
from commands.grammar.folding import MAX_TEXT, fold
from commands.grammar.slots import Slot
from commands.wording.sentences import say
from scoring.values import frozen


@frozen
class Understanding:
    """`line`: the command as a line that parses to the same again (so far, when `missing`).
    `problem`: a sentence about what cannot be read; `choices`: (label, line) to continue with;
    `vague`: the line may be somebody's own words.
    `guesses`: words that may have been meant, best first. `silent`: there is no answer.
    `bare_unit`: only a unit was named. `bare_links`: only links were sent."""

    command: Command | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""
    missing: Slot | None = None
    problem: str = ""
    vague: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    guesses: tuple[str, ...] = ()
    addressed: bool = True
    silent: bool = False
    bare_unit: str | None = None
    bare_links: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it can be carried out as it stands."""
        return self.command is not None and self.missing is None and not self.problem


def answers(heard: Understanding, before: Understanding, after: Understanding) -> bool:
    """Whether what was heard as a command is rather the answer to a question, because its word is
    what a missing argument is called (转发 6000, asked for the counters). `before`: the line that
    waits; `after`: the same with the answer behind it."""
    if heard.command is None or before.command is None or after.problem:
        return False
    words = {fold(word) for word in (heard.command.name, *heard.command.words)}
    return after.command is before.command is not heard.command and any(
        slot.kind != "flag"
        and slot.name in after.args
        and slot.name not in before.args
        and not words.isdisjoint(map(fold, slot.choices))
        for slot in before.command.slots
    )


SILENT = Understanding(addressed=False, silent=True)
NOTHING = Understanding(silent=True)


@cache
def too_long() -> Understanding:
    """How any message longer than MAX_TEXT is understood."""
    return Understanding(problem=say("speaking.too_long", most=MAX_TEXT))
