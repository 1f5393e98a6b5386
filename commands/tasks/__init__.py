"""Interaction tasks: issuing and settling them, taking part, pasted 接龙."""
