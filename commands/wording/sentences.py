"""What is said to people, from the catalogue in commands/sentences/.

No sentence is pieced together in branches elsewhere.
"""

from scoring.wording import Catalogue

CATALOGUE = Catalogue("commands")

say = CATALOGUE.say
say_first = CATALOGUE.say_first


def lines(*parts: str) -> str:
    """Join the non-empty parts, one per line."""
    return "\n".join(part for part in parts if part)
