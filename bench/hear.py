"""The second ear: sentences of nine roles heard one after the other, and what its tables weigh."""

from pathlib import Path
from time import process_time

from bench.report import line, percentile
from bench.school import NOW
from commands.chat.requests import Registry, shown
from commands.ear.listening import listen
from commands.ear.wishes import vocabulary
from commands.families import FAMILIES
from commands.grammar.folding import spoken
from commands.grammar.lexicon import build
from commands.grammar.line import Setting
from db import plans
from db.people import ROLES, Person

SAID = Path(__file__).parents[1] / "tests" / "acceptance" / "own_words"
P99_GOAL = 3.0
"""Milliseconds that hearing one sentence may take."""

MEMORY_GOAL = 5.0


def run(*, quick: bool = False) -> None:
    """Print what hearing a sentence costs, and the first one with the tables that it loads."""
    sentences = [
        said
        for file in sorted(SAID.glob("*.txt"))
        if file.stem not in ("school", "week")
        for said in file.read_text("utf-8").splitlines()
        if said[:2] not in ("# ", "@ ", "= ") and said
    ][:: 10 if quick else 1]
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    people = [
        Person(id=number, staff_no=f"T{number}", name=f"张{chr(0x4E00 + number)}", unit="it",
               roles=frozenset(ROLES))
        for number in range(1, 401)
    ]  # fmt: skip
    setting = Setting(build(plan, people), 2024, NOW)
    words = tuple(sorted(shown(one) for one in Registry(FAMILIES).commands.values()))
    before = _resident()
    started = process_time()
    listen(spoken(sentences[0], ""), setting, vocabulary(words), frozenset(ROLES))
    listen(spoken("womenxidefen", ""), setting, vocabulary(words), frozenset(ROLES))
    first, weight = process_time() - started, _resident() - before
    seconds: list[float] = []
    for said in sentences:
        started = process_time()
        listen(spoken(said, ""), setting, vocabulary(words), frozenset(ROLES))
        seconds.append(process_time() - started)
    slow, middle = percentile(seconds, 0.99) * 1000, percentile(seconds, 0.5) * 1000
    line("hear", "p50", middle, "ms")
    line("hear", "p99", slow, "ms", goal=f"≤ {P99_GOAL:g} ms", ok=slow <= P99_GOAL)
    line("hear", "the first two, with the tables", first * 1000, "ms")
    light = weight <= MEMORY_GOAL
    line("hear", "memory of the tables", weight, "MB", goal=f"≤ {MEMORY_GOAL:g} MB", ok=light)


def _resident() -> float:
    """Megabytes of this process that are in memory, where the system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    found = next(row for row in status.read_text().splitlines() if row.startswith("VmRSS"))
    return int(found.split()[1]) / 1024
