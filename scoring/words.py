"""The sentences of the rules and of plan files, from scoring/sentences/."""

from scoring.wording import Catalogue

CATALOGUE = Catalogue("scoring")

say = CATALOGUE.say
