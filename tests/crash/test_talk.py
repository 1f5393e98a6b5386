"""Killed at any moment, the playground shows what it has shown, at a time no earlier."""

import random
from pathlib import Path

import pytest

from bot.adapters.local import LocalPlatform
from bot.playground.demo import making, script, talk
from bot.playground.school import open_playground
from bot.settings import Settings
from tests.crash import talking
from tests.crash.victim import killed


def test_no_shown_message_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "history", lambda *given: script.history(*given)[:3])
    open_playground(Settings())[0].close()
    shown: set[tuple[str, str, int]] = set()
    for _ in range(2):
        told = killed(talking.talk, tmp_path, after=random.randint(1, 40))
        shown |= {(id_, text, files) for _, id_, text, files in told}

        again = LocalPlatform()
        with talk.Talk(talk.beside(Path("data/playground.db"))) as kept:
            kept.recall(again)
        found = [message for chat in again.chats.values() for message in chat]
        assert shown <= {(m.id, talking.said(m), len(m.files)) for m in found}
        db, clock = open_playground(Settings())
        db.close()
        assert clock.now() >= told[-1][0]
