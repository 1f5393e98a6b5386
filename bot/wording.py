"""Sentences for operators and for the demonstration page, from bot/sentences/.

Answers to commands come from the catalogue of commands/.
"""

from scoring.wording import Catalogue

CATALOGUE = Catalogue("bot")

say = CATALOGUE.say
