"""What is said to people, from the catalogue in commands/sentences/."""

from scoring.wording import Catalogue

CATALOGUE = Catalogue("commands")

say = CATALOGUE.say
say_first = CATALOGUE.say_first


def lines(*parts: str) -> str:
    """The parts that are not empty, one a line."""
    return "\n".join(part for part in parts if part)
