"""What a way of `wishes.toml` works with, and what it may answer."""

from collections.abc import Callable

from commands.chat.messages import Button, Reply
from commands.chat.requests import Request
from commands.ear.listening import Heard, filled
from commands.filing.describe import what
from commands.grammar.folding import fold
from commands.grammar.lexicon import Lexicon
from commands.leads.identity import described
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Tx
from scoring.plan import Unit
from scoring.values import frozen

MOST_BUTTONS = 3


@frozen
class Talk:
    """Something said in private or to the bot, and what was heard in it."""

    request: Request
    tx: Tx
    heard: Heard
    lexicon: Lexicon

    @property
    def number(self) -> int | None:
        """The number that was named, or may have been."""
        marked = self.heard.named.get("number") or self.heard.named.get("bare") or ""
        first = marked.split(" ")[0].lstrip("#").partition("-")[0]
        return int(first) if first else None

    @property
    def unit(self) -> Unit | None:
        """The unit that was named, if it is one alone."""
        places = self.lexicon.places.get(fold(self.heard.named.get("unit", "")), ())
        code = places[0].unit if len(places) == 1 else None
        return self.request.plan.by_code.get(code or "")

    @property
    def own(self) -> Unit | None:
        """The asker's unit if it has a scorecard."""
        unit = self.request.plan.by_code.get(self.request.who.unit)
        return unit if unit is not None and unit.scored else None

    def line(self, template: str) -> "Line":
        """A line to be carried out, filled with what was named."""
        return Line(text=filled(template, self.heard.named))

    def named(self, entry: ledger.Entry) -> str:
        """A fact as its owner reads it: #12 视频《机房的一天》; of a lead its masked name."""
        lead = entry.fact.kind == "lead"
        said = (
            described(self.tx, self.request.plan, entry, full=False)
            if lead
            else what(self.request, entry)
        )
        return say("ear.thing", number=entry.number, what=said)

    def choice(self, key: str, label: str, command: str, found: list[ledger.Entry]) -> Reply:
        """Ask which of these is meant, the newest first, by number and title."""
        shown = found[:MOST_BUTTONS]
        said = "；".join(map(self.named, shown))
        buttons = tuple(
            Button.of(say(label, number=entry.number), command, f"#{entry.number}")
            for entry in shown
        )
        return Reply(text=say(key, said=said), buttons=(buttons,), private=True)


@frozen
class Line:
    """A command's line that was heard. `straight`: carried out at once, since it only reads or
    asks itself before it does anything; `pressed`: it is that of a button whose label was typed."""

    text: str
    straight: bool = False
    pressed: bool = False


Way = Callable[[Talk], "Reply | Line | None"]
"""An answer, a line that was meant, or None where the wish cannot be this one after all."""
