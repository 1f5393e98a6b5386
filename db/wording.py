"""The sentences of this floor, from db/sentences/."""

from scoring.wording import Catalogue

CATALOGUE = Catalogue("db")

say = CATALOGUE.say
