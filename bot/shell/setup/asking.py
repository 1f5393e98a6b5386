"""Asks somebody at a terminal, one question after another: each with a default and a flag.

Where a flag answers, or nobody sits there, nothing is asked. A bad answer is told in one sentence
and asked again; after MISSES of them it ends with how to go on.
"""

import sys
from collections.abc import Callable, Mapping
from typing import TypeVar, overload

from bot.shell.output import out
from bot.shell.setup.questions import Question
from bot.wording import say
from scoring.errors import OperatorError, UserError

MISSES = 3

T = TypeVar("T")

Questions = tuple[Question, ...]
Take = Callable[[Mapping[str, str]], T]


class Asking:
    """`given`: what the flags say, by name; `silent`: nobody is asked, defaults are taken."""

    def __init__(self, given: Mapping[str, str | None], *, silent: bool) -> None:
        self.silent = silent
        self._given = {name: said for name, said in given.items() if said is not None}

    def given(self, name: str) -> str | None:
        """What the flag says, if anything."""
        return self._given.get(name)

    def one(self, question: Question, take: Callable[[str], T], default: str = "") -> T:
        """The answer as `take` reads it; `take` raises ValueError, OperatorError or UserError
        with the sentence that tells what is wrong with it."""
        name = question.name
        return self.all((question,), lambda said: take(said[name]), {name: default})

    @overload
    def all(self, questions: Questions, take: Take[T], defaults: Mapping[str, str]) -> T: ...

    @overload
    def all(
        self, questions: Questions, take: Take[T], defaults: Mapping[str, str], *, optional: bool
    ) -> T | None: ...

    def all(
        self,
        questions: Questions,
        take: Take[T],
        defaults: Mapping[str, str],
        *,
        optional: bool = False,
    ) -> T | None:
        """The answers to questions that only make sense together. `optional`: no answer to the
        first one leaves them all out."""
        for _ in range(MISSES):
            said: dict[str, str] = {}
            for one in questions:
                said[one.name] = self._said(one, defaults.get(one.name, ""))
                if optional and not said[questions[0].name]:
                    return None
            try:
                return take(said)
            except (ValueError, OperatorError, UserError) as fault:
                if self.silent:
                    raise OperatorError(self._named(questions, fault)) from fault
                out(str(fault))
            for one in questions:  # a flag is tried once
                self._given.pop(one.name, None)
        raise OperatorError(say("init.enough", flags=" ".join(one.flag for one in questions)))

    def _named(self, questions: tuple[Question, ...], fault: Exception) -> str:
        flags = " ".join(one.flag for one in questions)
        return say("init.flag", flags=flags, fault=fault)

    def _said(self, question: Question, default: str) -> str:
        given = self._given.get(question.name)
        if given is not None or self.silent:
            return (default if given is None else given).strip()
        shown = say("init.default", default=default) if default else ""
        print(say(question.asked) + shown, end=" ", flush=True)  # noqa: T201
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.strip() or default
