"""The tables in docs/guides that are written from the code: `make pages`.

The settings come from bot/settings.py, what they are for from settings.toml. What goes wrong
comes from the sentences of bot/ and db/, what to do about it from faq.toml.
"""

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from bot import wording as of_the_process
from bot.settings import PREFIX, Settings
from db import wording as of_the_database

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
MARK = re.compile(r"<!-- 下面由程序写成.*-->\n")
CATALOGUES = {"bot": of_the_process.CATALOGUE, "db": of_the_database.CATALOGUE}

FINE = "fine"
"""In faq.toml: the sentences that are no bad news."""

OF_A_VALUE = "bot.settings_value."
"""Sentences that are said behind the name of a setting."""

Groups = dict[str, dict[str, Any]]


def told(name: str) -> Groups:
    """What people have written about each setting or sentence, by heading."""
    return tomllib.loads((GUIDES / name).read_text("utf-8"))


def sentences() -> dict[str, str]:
    """All sentences of the process and of the database: bot.family.name -> text."""
    return {
        f"{room}.{family}.{name}": text
        for room, catalogue in CATALOGUES.items()
        for family, rows in catalogue.families.items()
        for name, text in rows.items()
    }


def mends(rows: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The sentence's key and what to do, from nested tables."""
    for name, value in rows.items():
        if isinstance(value, dict):
            yield from mends(value, f"{path}{name}.")
        else:
            yield path + name, value


def _settings(groups: Groups) -> Iterator[str]:
    known = {entry.name: entry for entry in fields(Settings)}
    for group, rows in groups.items():
        yield from ("", f"## {group}", "", "| promobot.toml | 环境变量 | 不写时 | 做什么 |")
        yield "|---|---|---|---|"
        for name, purpose in rows.items():
            lock = " 🔒" if known[name].metadata.get("secret") else ""
            default = _shown(known[name].default)
            yield f"| `{name}`{lock} | `{PREFIX}{name.upper()}` | {default} | {purpose} |"


def _shown(default: object) -> str:
    text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return f"`{text}`" if text else "—"


def _faults(groups: Groups) -> Iterator[str]:
    said = sentences()
    for group, rows in groups.items():
        if group == FINE:
            continue
        yield from ("", f"## {group}", "", "| 它说 | 怎么办 |", "|---|---|")
        for key, mend in mends(rows):
            before = f"{PREFIX}… " if key.startswith(OF_A_VALUE) else ""
            yield f"| {before}{re.sub(r'{[^}]*}', '…', said[key])} | {mend} |"


PAGES: dict[str, tuple[str, Callable[[Groups], Iterator[str]]]] = {
    "settings.zh-CN.md": ("settings.toml", _settings),
    "faq.zh-CN.md": ("faq.toml", _faults),
}
"""The pages, what they are written from and how."""


def written(page: str) -> str:
    """A whole page as it should be. Raises KeyError for what the code does not know."""
    source, lines = PAGES[page]
    before = (GUIDES / page).read_text("utf-8")
    mark = MARK.search(before)
    assert mark is not None, page
    return before[: mark.end()] + "\n".join((*lines(told(source)), ""))


if __name__ == "__main__":
    for name in PAGES:
        (GUIDES / name).write_text(written(name), "utf-8")
        sys.stdout.write(f"{name}\n")
