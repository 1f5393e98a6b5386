"""`promobot run` from the shell to /readyz, and its memory then: the playground with no platform
library loaded, and a school on Telegram with python-telegram-bot."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from bench.report import line

STARTS = 7
GOALS = {"": (0.8, 75.0), " with python-telegram-bot": (1.4, 110.0)}
"""Seconds and megabytes."""

TELEGRAM = {
    "PROMOBOT_PLATFORMS": "telegram",
    "PROMOBOT_TELEGRAM_TOKEN": "1:bench",
    "PROMOBOT_TELEGRAM_API_BASE": "http://127.0.0.1:9",  # nobody there: only starting is measured
}
PATIENCE = 30.0


def run(*, quick: bool = False) -> None:
    """Print the medians of several starts on a database that exists already."""
    for case, settings in zip(GOALS, ({}, TELEGRAM), strict=True):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            measure(Path(folder), settings)  # the first start also makes the database
            found = [measure(Path(folder), settings) for _ in range(2 if quick else STARTS)]
        wall, memory = median(seconds for seconds, _ in found), median(mb for _, mb in found)
        soon, small = GOALS[case]
        name = f"promobot run{case} to /readyz"
        line("start", name, wall, "s", goal=f"≤ {soon} s", ok=wall <= soon)
        line("start", f"memory{case}", memory, "MB", goal=f"≤ {small:g} MB", ok=memory <= small)


def measure(folder: Path, settings: Mapping[str, str]) -> tuple[float, float]:
    """Seconds until ready, and resident megabytes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if "PROMOBOT" not in name}
    environ |= {"PROMOBOT_HTTP_PORT": str(port), "PYTHONPATH": str(Path.cwd()), **settings}
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
