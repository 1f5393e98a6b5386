"""The process that reads what strangers made: one function at a time, within limits.

Started by `bot.services.limited` and talked to through its standard input and output: a frame is
eight bytes of length and that many bytes. It answers in JSON, so that nothing it says can make
the process of the bot run anything. Imports only the standard library until it is told what to
read.
"""

import json
import os
import pickle
import re
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

MEMORY = 512 * 1024 * 1024
"""Bytes of address space."""

CPU = 10
"""Seconds of processor time for one function."""

SCRATCH = 64 * 1024 * 1024
"""Bytes of the largest temporary file."""

IDLE = 60.0
"""Seconds without work after which the process ends (not on Windows)."""

GROWN = 256 * 1024
"""Kilobytes of memory after which the process is not used again."""

POLITE = 5
"""How much it stands back for the process that answers people."""

READY = b"r"


def main() -> None:
    """Serve until the other side closes or nothing has come for a while."""
    # Who stops the bot stops all its processes: it is up to the bot, not to us, to end a reading.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break a frame
    _confine()
    while _awaited(orders) and (order := received(orders)) is not None:
        home, name, args = pickle.loads(order)  # noqa: S301 - from the process that started us
        function = getattr(import_module(home), name)
        _allow_time()
        answers.write(READY)
        answers.flush()
        said, sound = _carried_out(function, args)
        send(answers, json.dumps(said, ensure_ascii=False).encode())
        if not sound or _grown():
            return


def send(stream: BinaryIO, data: bytes) -> None:
    """Write a frame."""
    stream.write(len(data).to_bytes(8, "big"))
    stream.write(data)
    stream.flush()


def received(stream: BinaryIO, most: int = 1 << 40) -> bytes | None:
    """Read a frame; None if the stream ended, or if it is longer than `most`."""
    head = stream.read(8)
    length = int.from_bytes(head, "big")
    if len(head) < 8 or length > most:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def _carried_out(function: Any, args: tuple[Any, ...]) -> tuple[dict[str, Any], bool]:
    """What to answer, and whether the process can be used again."""
    from scoring.errors import UserError

    try:
        return {"value": function(*args)}, True
    except UserError as refusal:
        return {"refused": str(refusal)}, True
    except MemoryError:
        return {"limit": "memory"}, False
    except Exception as fault:
        # The file made it fail: its text may hold what the file holds, its type does not.
        return {"fault": type(fault).__name__}, False


# --- the limits ---------------------------------------------------------------------------

if sys.platform == "win32":

    def _confine() -> None:
        """Windows has no limits of this kind: there the clock of the other side is the limit."""

    def _allow_time() -> None:
        pass

    def _grown() -> bool:
        return False

    def _awaited(_stream: BinaryIO) -> bool:
        return True

else:
    import resource
    import select
    from contextlib import suppress

    def _confine() -> None:
        os.nice(POLITE)
        _limit(resource.RLIMIT_AS, MEMORY)
        _limit(resource.RLIMIT_FSIZE, SCRATCH)
        _limit(resource.RLIMIT_CORE, 0)

    def _limit(what: int, most: int) -> None:
        with suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(what, (most, most))

    def _allow_time() -> None:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        until = int(spent.ru_utime + spent.ru_stime) + CPU + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (until, hard))

    def _grown() -> bool:
        status = Path("/proc/self/status")
        if status.exists():  # ru_maxrss would begin with what the parent held when it forked
            [most] = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
            return int(most) > GROWN
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // (1024 if sys.platform == "darwin" else 1) > GROWN

    def _awaited(stream: BinaryIO) -> bool:
        """Whether there is something to read, or an end, before the time is over."""
        return bool(select.select([stream], [], [], IDLE)[0])


if __name__ == "__main__":
    main()
