"""How a fact is entered, decided on, described and receipted, whatever its kind."""
