"""The plan in force and its readings, and what another text of it would do to every unit."""
