"""A platform of ours in the place of another, for tests of what is around it."""

from dataclasses import replace
from importlib import import_module

import pytest

from bot.adapters.local import LocalPlatform
from bot.shell import platforms


def behind(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Put the platform in memory behind the doors of these, and ask nobody about settings."""
    for name in names:
        module = import_module(f"{platforms.__name__}.{name}")
        on = "local" if name == "console" else name
        stands_in = replace(
            module.DOOR,
            make=lambda *_, on=on: LocalPlatform(name=on),
            reached=None,
            settled=None,
        )
        monkeypatch.setattr(module, "DOOR", stands_in)
