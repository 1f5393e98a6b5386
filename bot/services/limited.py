"""Runs a function on what strangers made (a workbook, a picture) in a process of its own, with
limits of time and memory; where there are no such limits (Windows), with the limit of time.

    value = await limited.run(read_workbook, name, data)

The function is named by its module, takes what can be pickled and returns what JSON can say. A
process is started on first use and kept for the next files; it ends after a file that broke a
limit, after JOBS files, and by itself when idle. It gets no setting, key or secret of ours.
"""

import asyncio
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from bot.services.limited_child import CPU, READY, received, send
from bot.wording import say
from scoring.errors import UserError

WALL = CPU
"""Seconds that one function may take on the clock."""

START = 30.0
"""Seconds for a process to start and to import what it needs: our own code, so it may be slow."""

JOBS = 50
MOST_ANSWER = 32 * 1024 * 1024
PROCESSES = 2
ROOT = Path(__file__).parents[2]

PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL")
"""What a process sees of our environment."""

log = logging.getLogger("promobot.limited")


class Unfinished(UserError):
    """The function was ended by a limit or broke; the message says what to do with the file."""


class Closed(Exception):
    """We are stopping: the file was not read, and must not be answered as if it had been."""


class Limited:
    """The processes. `run` from an event loop, `call` from any other thread, `close` once."""

    def __init__(self) -> None:
        self._free: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._door = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._closed = False

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """The value of a function. Raises UserError: the function's own, or Unfinished."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(PROCESSES, thread_name_prefix="limited")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.call, function, *args)

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """The same, while the thread waits. Raises Closed, too."""
        order = pickle.dumps((function.__module__, function.__qualname__, args))
        answer = self._asked(order)
        if answer is None:  # a process that had just ended by itself
            answer = self._asked(order, fresh=True)
        if self._closed:
            raise Closed
        answer = answer or {"fault": "start"}
        if "value" in answer:
            return answer["value"]
        if "refused" in answer:
            raise UserError(answer["refused"])
        why = answer.get("limit", "broken")
        log.warning("a file was not read", extra={"why": why, "fault": answer.get("fault", "")})
        if why == "time":
            raise Unfinished(say("limited.time", seconds=WALL))
        raise Unfinished(say("limited.memory" if why == "memory" else "limited.broken"))

    def close(self) -> None:
        """End the processes, those at work too."""
        with self._door:
            self._closed = True
            workers = [*self._free, *self._busy]
        for worker in workers:
            worker.end()
        if self._threads is not None:
            self._threads.shutdown(wait=True)

    def _asked(self, order: bytes, *, fresh: bool = False) -> dict[str, Any] | None:
        with self._door:
            if self._closed:
                return None
            worker = _Worker() if fresh or not self._free else self._free.pop()
            self._busy.add(worker)
        kept = False
        try:
            answer = worker.ask(order)
            kept = bool(answer and ("value" in answer or "refused" in answer))
            return answer
        finally:
            with self._door:
                self._busy.discard(worker)
                kept = kept and worker.asked < JOBS and not self._closed
                if kept:
                    self._free.append(worker)
            if not kept:
                worker.end()


class _Worker:
    """One process."""

    def __init__(self) -> None:
        self.asked = 0
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # -P: a folder that happens to be the current one must not lend its modules.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bot.services.limited_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        )
        self._orders = cast("BinaryIO", self.process.stdin)
        self._answers = cast("BinaryIO", self.process.stdout)

    def ask(self, order: bytes) -> dict[str, Any] | None:
        """The answer to an order; None if the process ended before it began."""
        self.asked += 1
        with _Alarm(START, self.process):
            try:
                send(self._orders, order)
                ready = self._answers.read(1)
            except (OSError, ValueError):  # the pipe is closed
                return None
        if ready != READY:
            return None
        with _Alarm(WALL, self.process) as alarm:
            frame = received(self._answers, MOST_ANSWER)
        if frame is None:
            return {"limit": "time"} if alarm.rang or self._spent() else {"fault": "ended"}
        answer: dict[str, Any] = orjson.loads(frame)
        return answer

    def end(self) -> None:
        """Kill it and forget it."""
        self.process.kill()
        self.process.wait()
        for stream in (self._orders, self._answers):
            with suppress(OSError):  # what was not flushed into a pipe that ended
                stream.close()

    def _spent(self) -> bool:
        """Whether the kernel ended it because its processor time was over."""
        if sys.platform == "win32":
            return False
        from signal import SIGXCPU

        try:
            return self.process.wait(1) == -SIGXCPU
        except subprocess.TimeoutExpired:
            return False


class _Alarm:
    """Kills a process that is not done in time; its pipe then ends for whoever reads it."""

    def __init__(self, seconds: float, process: "subprocess.Popen[bytes]") -> None:
        self.rang = False
        self._process = process
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def __enter__(self) -> "_Alarm":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _ring(self) -> None:
        self.rang = True
        self._process.kill()
