"""The Dockerfile as a test reads it."""

import re

from tests.worlds.guides import ROOT

Stage = list[tuple[str, str]]


def stages() -> list[Stage]:
    """Its instructions, (name, rest) each, stage by stage."""
    joined = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    found: list[Stage] = []
    for line in joined.split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest.strip()))
    return found


def of(stage: Stage, name: str) -> list[str]:
    """The instructions of one name."""
    return [rest for found, rest in stage if found == name]
