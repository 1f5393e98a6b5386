"""How things are worded: the catalogue of sentences, formats and terms."""
