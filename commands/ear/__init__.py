"""Hearing a wish in somebody's own words, where no command parses."""
