"""Errors of the database floor."""

from scoring.errors import Fault, OperatorError


class DatabaseFault(OperatorError):
    """The database cannot be used: missing, unreachable, not migrated or closed."""


class KeyMismatch(OperatorError):
    """The key is not the one this database was sealed with, or is not a key at all."""


class Conflict(Fault):
    """A row with this key already exists. The message names the table, never the values."""
