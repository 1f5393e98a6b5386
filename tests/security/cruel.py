"""Functions that a process with limits is to survive, or not."""

import os
import sys
import time
from typing import Any

from scoring.errors import UserError


def same(*args: Any) -> Any:
    return list(args)


def number() -> int:
    return os.getpid()


def refuses(text: str) -> None:
    raise UserError(text)


def breaks() -> None:
    raise ValueError("13800010001")


def spins() -> None:
    while True:
        pass


def sleeps() -> None:
    time.sleep(3600)


def takes_for_ever(_name: str, _data: bytes, _plan: Any, _now: int) -> None:
    time.sleep(3600)


def grows() -> int:
    return len(bytearray(2 * 1024**3))


def grows_slowly() -> int:
    held = []
    while True:
        held.append(bytearray(1024**2))


def dies() -> None:
    os._exit(3)


def crashes() -> None:
    os.abort()


def prints() -> str:
    print("x" * 100_000, flush=True)  # noqa: T201
    os.write(1, b"\0" * 64)
    return "said"


def recurses(depth: int = 0) -> int:
    return recurses(depth + 1)


def says_what_json_cannot() -> object:
    return object()


def says_too_much() -> str:
    return "x" * (40 * 1024 * 1024)


def environment() -> list[str]:
    return sorted(os.environ)


def imported() -> list[str]:
    return sorted(name for name in sys.modules if name.partition(".")[0] in {"bot", "aiohttp"})
