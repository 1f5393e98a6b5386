"""What a platform's doctor finds: one Chinese line a finding, with the next step."""

FINE, ILL = "好", "要办"

Finding = tuple[str, str]
"""FINE or ILL, and the line."""
