"""Values that this process has cached from the database, each with the version it was read at."""

from collections.abc import Mapping
from typing import Any


class Caches:
    """Values by name and version; versions only increase. Shared by all threads of the process."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._held: dict[str, tuple[int, Any]] = {}

    def learn(self, versions: Mapping[str, int]) -> None:
        """Note versions that have been committed by any process."""
        for name, version in versions.items():
            if version > self._newest.get(name, 0):
                self._newest[name] = version

    def get(self, name: str, version: int | None = None) -> tuple[bool, Any]:
        """Whether a value of this version (None: the newest known) is cached, and the value."""
        wanted = self._newest.get(name, 0) if version is None else version
        version_held, value = self._held.get(name, (-1, None))
        return version_held == wanted, value

    def keep(self, name: str, version: int, value: Any) -> None:
        """Cache a value, unless a newer one is cached."""
        if version >= self._held.get(name, (-1, None))[0]:
            self._held[name] = (version, value)
