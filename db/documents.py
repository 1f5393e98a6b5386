"""The text of the school's own plan document, clause by clause, as loaded by the school."""

import re
from collections.abc import Iterator

from sqlalchemy import bindparam, delete

from db.engine.tx import Reading, Tx
from db.schema import documents
from scoring.plan import Plan

MAX_CHARACTERS = 200_000

_FORGET = delete(documents).where(documents.c.plan == bindparam("of_plan"))
_ANNEX = re.compile(r"^[#*\s]*附件\s*([一二三1-9])\s*[.、.]?")
_SECTION = re.compile(r"^[#*\s]*([一二三四五六七八九十])、")
_PART = re.compile(r"^[#*\s]*[（(]([一二三四五六七八九十])[)）]")
_DIGITS = {"一": "1", "二": "2", "三": "3"}


def load(tx: Tx, plan: Plan, text: str) -> int:
    """Store a document in place of the previous one; the number of its clauses."""
    tx.change(_FORGET, of_plan=plan.id)
    clauses = dict(_clauses(text))
    for clause, words in clauses.items():
        tx.add(documents, plan=plan.id, clause=clause, words=words)
    return len(clauses)


def words_of(tx: Reading, plan: Plan, clause: str) -> str:
    """The text of a clause such as 附件3·四 or 附件3·二·(一); "" if it is not loaded."""
    row = tx.find(documents, plan.id, clause)
    return "" if row is None else str(row.words)


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """Split a text at its headings: 附件, 一、 and （一）; a clause includes its parts."""
    annex, section, part = "正文", "", ""
    kept: dict[str, list[str]] = {}
    for raw in text[:MAX_CHARACTERS].splitlines():
        line = raw.strip().strip("*# ").strip()
        if not line:
            continue
        if found := _ANNEX.match(raw):
            annex, section, part = f"附件{_DIGITS.get(found[1], found[1])}", "", ""
        elif found := _SECTION.match(raw):
            section, part = found[1], ""
        elif found := _PART.match(raw):
            part = f"({found[1]})"
        names = [annex, section, part]
        for depth in range(1, 1 + sum(bool(name) for name in names)):
            kept.setdefault("·".join(names[:depth]), []).append(line)
    for clause, lines in kept.items():
        yield clause, "\n".join(lines)
