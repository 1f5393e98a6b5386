"""The steps of the image carried out without Docker, as far as it goes: what is copied, installed
and started, and how its health is asked. They need the network, so they are for `make soak`."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.dockerfile import of, stages
from tests.worlds.guides import ROOT

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
PLACE = "/opt/promobot"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first stage has installed the program."""
    source, place = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("opt") / "promobot"
    for name, rest in stages()[0]:
        if name == "COPY":
            *files, target = rest.split()
            for file in files:
                _copy(ROOT / file, source / target / (Path(file).name if target[-1] == "/" else ""))
        elif name == "RUN":
            line = rest.replace("python -m venv", f"{sys.executable} -m venv")
            line = line.replace(PLACE, str(place))
            subprocess.run(["bash", "-ec", line], check=True, cwd=source, timeout=900)
    return place


def _copy(origin: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(origin, target)


def test_the_image_starts_and_is_asked_how_it_is(built: Path, tmp_path: Path) -> None:
    _, last = stages()
    [program], [check] = of(last, "ENTRYPOINT"), of(last, "HEALTHCHECK")
    asked = json.loads(check.partition("CMD ")[2])
    environ = {"PATH": f"{built}/bin:{os.environ['PATH']}", "PROMOBOT_HTTP_PORT": "0"}
    started = subprocess.Popen(
        [built / "bin" / json.loads(program)[0], *json.loads(of(last, "CMD")[0])],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout is not None
        ports = (re.search(r"http://127\.0\.0\.1:(\d+)/", line) for line in started.stdout)
        port = next(found[1] for found in ports if found)
        [*before, code] = asked
        code = code.replace(":8080/", f":{port}/")
        ask = [built / "bin" / before[0], *before[1:], code]
        assert subprocess.run(ask, check=False, timeout=60).returncode == 0
    finally:
        started.terminate()
        started.communicate(timeout=60)
    assert subprocess.run(ask, check=False, timeout=60, capture_output=True).returncode != 0
