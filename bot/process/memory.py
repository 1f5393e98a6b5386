"""The garbage collector, told what a long-running process holds."""

import gc

YOUNG = 100_000
"""Objects made before the young ones are looked through: more than a group of 256 requests makes,
all of which go by themselves when it is committed."""


def settle() -> None:
    """What has been loaded so far stays, so the collector need not look through it again: a
    full look at it halts every request for a fifth of a second."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
