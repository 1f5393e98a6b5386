"""Errors of the database floor."""

from scoring.errors import Fault, OperatorError


class DatabaseFault(OperatorError):
    """The database cannot be used: not there, not reachable, not migrated, closed."""


class KeyMismatch(OperatorError):
    """The key is not the one this database was sealed with, or is no key at all."""


class Conflict(Fault):
    """A row with this key exists already. The message names the table, never the values."""
