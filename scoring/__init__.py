"""The rules: pure functions from a plan, facts and a calendar to explained points.

Standard library only; no clock, no database, no files but the sentences of `scoring.words`. Time
comes in as an argument.
"""
