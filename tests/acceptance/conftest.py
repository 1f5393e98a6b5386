import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.replaying import replayed
from tests.worlds.spoken import MONTH


@pytest.fixture
async def expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The score document that the replay of the month leaves."""
    monkeypatch.setenv("PROMOBOT_KEY", "00" * 32)
    url = f"sqlite:///{tmp_path / 'replay.db'}"
    run = await asyncio.to_thread(replayed, *MONTH, url, tmp_path, capsys)
    return run[1]
