import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.replaying import Run, replayed
from tests.worlds.spoken import MONTH

_PLAYED: dict[tuple[str, str], Run] = {}
"""What a script left in one play: played for the first test that asks, then kept."""

PLAYS = {"sqlite": ("sqlite", "sqlite again"), "postgresql": ("postgres", "sqlite")}


@pytest.fixture(params=[*PLAYS])
def runs(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> list[Run]:
    """The module's SCRIPT played twice on fresh databases: on SQLite both times, or on PostgreSQL
    and on SQLite, which must not differ either."""
    script: tuple[str, str] = request.module.SCRIPT
    monkeypatch.setenv("PROMOBOT_KEY", "00" * 32)
    for play in PLAYS[request.param]:
        if (script[0], play) not in _PLAYED:
            make = request.getfixturevalue(f"{play.split()[0]}_address")
            _PLAYED[script[0], play] = replayed(*script, make(False), tmp_path, capsys)
    return [_PLAYED[script[0], play] for play in PLAYS[request.param]]


@pytest.fixture
async def expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The score document that the replay of the month leaves."""
    played = MONTH[0], "sqlite"
    if played not in _PLAYED:
        monkeypatch.setenv("PROMOBOT_KEY", "00" * 32)
        url = f"sqlite:///{tmp_path / 'replay.db'}"
        _PLAYED[played] = await asyncio.to_thread(replayed, *MONTH, url, tmp_path, capsys)
    return _PLAYED[played][1]
