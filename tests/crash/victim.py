"""Processes to be killed: forked from one that has everything imported, so that fifty are cheap."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    ["tests.crash.reporter", "tests.crash.reporting", "tests.crash.sending", "tests.crash.talking"]
)


def killed(work: Callable[..., None], *given: Any, after: int | None) -> list[Any]:
    """What `work(*given, connection)` sent until it was killed, which is once it has sent `after`
    things (None: never). What was on its way then is among them."""
    seen: list[Any] = []
    receiver, sender = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=work, args=(*given, sender))
    process.start()
    sender.close()
    while (said := _next(receiver)) is not None:
        seen.append(said)
        if len(seen) == after:
            process.kill()
    process.join()
    assert after is not None or process.exitcode == 0
    receiver.close()
    process.close()
    return seen


def _next(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except (EOFError, OSError):  # killed, perhaps in the middle of saying something
        return None
