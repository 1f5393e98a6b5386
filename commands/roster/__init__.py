"""The roster: its file, importing it, its marks, and the demonstration school."""
