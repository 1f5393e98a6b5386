"""Findings of a platform's doctor: one Chinese line each, with the next step."""

FINE, ILL = "好", "要办"

Finding = tuple[str, str]
"""FINE or ILL, and the line."""
