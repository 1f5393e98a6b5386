"""`promobot run` from the shell to /readyz, no platform library loaded; its memory then."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from bench.report import line

STARTS = 7
WALL_GOAL = 0.8
MEMORY_GOAL = 75.0
PATIENCE = 30.0


def run(*, quick: bool = False) -> None:
    """Print the medians of several starts on a playground that exists already."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measure(Path(folder))  # the first start also makes the demonstration school
        found = [measure(Path(folder)) for _ in range(2 if quick else STARTS)]
    wall, memory = median(seconds for seconds, _ in found), median(mb for _, mb in found)
    line(
        "start", "promobot run to /readyz", wall, "s", goal=f"≤ {WALL_GOAL} s", ok=wall <= WALL_GOAL
    )
    line("start", "memory", memory, "MB", goal=f"≤ {MEMORY_GOAL:g} MB", ok=memory <= MEMORY_GOAL)


def measure(folder: Path) -> tuple[float, float]:
    """Seconds until ready, and resident megabytes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if "PROMOBOT" not in name}
    environ |= {"PROMOBOT_HTTP_PORT": str(port), "PYTHONPATH": str(Path.cwd())}
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not ready(port):
            if perf_counter() - started > PATIENCE:
                raise TimeoutError("promobot run is not ready")
            sleep(0.005)
        seconds = perf_counter() - started
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        resident = next(row for row in status.splitlines() if row.startswith("VmRSS"))
        return seconds, int(resident.split()[1]) / 1024
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def ready(port: int) -> bool:
    """Whether /readyz answers 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
