"""The rules: pure functions from a plan, facts and a calendar to explained points.

Standard library only; no clock, no files, no database. Time comes in as an argument.
"""
