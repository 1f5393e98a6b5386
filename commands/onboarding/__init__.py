"""Joining: binding accounts, waiting bindings, linked groups, who is present."""
