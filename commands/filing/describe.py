"""A fact as people read it in half a line, and the word for where it stands."""

from commands.chat.errors import Refusal
from commands.chat.requests import Asking
from commands.wording.formats import cut, short, week_at
from commands.wording.sentences import say, say_first
from db import ledger
from db.engine.tx import Reading
from scoring.facts import State


def entry_of(tx: Reading, number: int) -> ledger.Entry:
    """The fact of a number; refused where there is none."""
    entry = ledger.entry(tx, number)
    if entry is None:
        raise Refusal(say("review.unknown", number=number))
    return entry


def state_word(entry: ledger.Entry, state: State) -> str:
    """How the state of such a fact is called: 通过, 认定, 成立."""
    return say_first(f"state.{state.value}_{entry.fact.kind}", f"state.{state.value}_report")


def brief(asking: Asking, entry: ledger.Entry) -> str:
    """A fact in a list: its unit and its kind."""
    return f"{short(asking.plan, entry.fact.unit)} {asking.plan.kinds[entry.fact.kind].word}"


def what(asking: Asking, entry: ledger.Entry) -> str:
    """A fact in half a line: 视频《机房的一天》, 账号交接, 推荐 李某; never of a lead."""
    kind = asking.plan.kinds[entry.fact.kind]
    return say_first(
        f"what.{kind.code}",
        "what.titled" if entry.title else "what.plain",
        word=kind.word,
        title=cut(entry.title),
        week=week_at(entry.fact.happened_at),
        of=entry.fact.details.get("of", ""),
        reason=cut(entry.fact.details.get("reason", ""), 60),
    )
