"""What this process remembers of the database, and at which version each piece was read."""

from collections.abc import Mapping
from typing import Any


class Caches:
    """Values by name and version; versions only grow. Shared by all threads of the process."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._held: dict[str, tuple[int, Any]] = {}

    def learn(self, versions: Mapping[str, int]) -> None:
        """These versions have been committed by somebody."""
        for name, version in versions.items():
            if version > self._newest.get(name, 0):
                self._newest[name] = version

    def get(self, name: str, version: int | None = None) -> tuple[bool, Any]:
        """Whether a value of this version (None: the newest known) is held, and the value."""
        wanted = self._newest.get(name, 0) if version is None else version
        version_held, value = self._held.get(name, (-1, None))
        return version_held == wanted, value

    def keep(self, name: str, version: int, value: Any) -> None:
        """Remember a value, unless a newer one is held."""
        if version >= self._held.get(name, (-1, None))[0]:
            self._held[name] = (version, value)
