"""Putting one's own report right, and taking it back."""
