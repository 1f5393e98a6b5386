"""How the command line reads what is typed: an argparse that speaks Chinese, in one line."""

import argparse
import re
import sys
from typing import Any, NoReturn

from bot.wording import say

EXIT_BAD = 2

_FAULTS = (
    ("usage.missing", r"the following arguments are required: (?P<what>.*)"),
    ("usage.unknown", r"unrecognized arguments: (?P<what>.*)"),
    (
        "usage.no_choice",
        r"argument .*?: invalid choice: '?(?P<what>.*?)'? \(choose from (?P<other>.*)\)",
    ),
    ("usage.needs_value", r"argument (?P<what>.*?): expected one argument"),
    ("usage.exclusive", r"argument (?P<what>.*?): not allowed with argument (?P<other>.*)"),
    ("usage.takes_no_value", r"argument (?P<what>.*?): ignored explicit argument (?P<other>.*)"),
    ("usage.wrong_value", r"argument (?P<what>.*?): (?P<other>[^a-zA-Z].*)"),
)
"""Our sentence for each argparse error, and the pattern of the English message it replaces."""


class Parser(argparse.ArgumentParser):
    """An argparse parser that speaks Chinese and reports an error in one line."""

    def __init__(self, *names: Any, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options |= {"allow_abbrev": False, "add_help": False}
        super().__init__(*names, **options)
        self._positionals.title = say("usage.arguments")
        self._optionals.title = say("usage.options")
        self.add_argument("-h", "--help", action="help", help=say("usage.help"))

    def error(self, message: str) -> NoReturn:
        for key, pattern in _FAULTS:
            if found := re.fullmatch(pattern, message):
                message = say(key, **found.groupdict()).replace("'", "")
                break
        print(say("usage.see_help", fault=message, command=self.prog), file=sys.stderr)  # noqa: T201
        raise SystemExit(EXIT_BAD)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", say("usage.title"), 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", say("usage.title"), 1)


def examples(*lines: str) -> str:
    return "\n".join((say("usage.examples"), *(f"  {line}" for line in lines)))


class Version(argparse.Action):
    """Prints the version and ends; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"{parser.prog} {version(parser.prog)}")  # noqa: T201
        parser.exit()
