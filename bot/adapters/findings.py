"""Findings of a platform's doctor: one Chinese line each, with the next step."""

FINE, ILL = "好", "要办"
WRONG, CUT = "不对", "连不上"
"""A token or secret that the platform refused; a platform that gave no answer."""

Finding = tuple[str, str]
"""FINE, ILL, WRONG or CUT, and the line."""
