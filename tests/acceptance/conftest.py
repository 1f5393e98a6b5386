import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.replaying import Run, replayed
from tests.worlds.spoken import MONTH

_PLAYED: dict[tuple[str, str], list[Run]] = {}
"""What a script left on a kind of database: played for the first test that asks, then kept."""


@pytest.fixture(params=["sqlite", "postgresql"])
def runs(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> list[Run]:
    """The module's SCRIPT played twice, each time on a fresh database of one kind."""
    kind: str = request.param
    script: tuple[str, str] = request.module.SCRIPT
    if (script[0], kind) not in _PLAYED:
        monkeypatch.setenv("PROMOBOT_KEY", "00" * 32)
        address = "sqlite_address" if kind == "sqlite" else "postgres_address"
        make = request.getfixturevalue(address)
        _PLAYED[script[0], kind] = [
            replayed(*script, make(False), tmp_path, capsys) for _ in range(2)
        ]
    return _PLAYED[script[0], kind]


@pytest.fixture
async def expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The score document that the replay of the month leaves."""
    if ("", "sqlite") not in _PLAYED:
        monkeypatch.setenv("PROMOBOT_KEY", "00" * 32)
        url = f"sqlite:///{tmp_path / 'replay.db'}"
        _PLAYED["", "sqlite"] = [await asyncio.to_thread(replayed, *MONTH, url, tmp_path, capsys)]
    [run] = _PLAYED["", "sqlite"]
    return run[1]
