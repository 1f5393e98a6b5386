"""Garbage collector settings for a long-running process."""

import gc

YOUNG = 100_000
"""Allocations before a collection of the youngest generation: more than a group of 256 requests
makes, whose objects are all freed by reference counting at the commit."""


def settle() -> None:
    """Exempt everything loaded so far from collection: it stays anyway, and a full collection
    over it halts every request for a fifth of a second."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
