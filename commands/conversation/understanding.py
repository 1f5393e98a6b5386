"""What a message was understood to ask for."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from commands.chat.requests import Command
from commands.grammar.folding import MAX_TEXT
from commands.grammar.slots import Slot
from scoring.values import frozen


@frozen
class Understanding:
    """`line`: the command as a line that parses to the same again (so far, when `missing`).
    `problem`: a sentence for what cannot be read; `choices`: (label, line) to go on with.
    `guesses`: words that may have been meant, the best first. `silent`: nothing is to be said.
    `bare_unit`: only a unit was named. `bare_links`: only links were sent."""

    command: Command | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""
    missing: Slot | None = None
    problem: str = ""
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


SILENT = Understanding(addressed=False, silent=True)
NOTHING = Understanding(silent=True)
TOO_LONG = Understanding(problem=f"这条太长，没有读：请分成几条发，每条不超过 {MAX_TEXT} 字。")
