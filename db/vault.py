"""Seals what is personal and finds it again by keyed hash."""
