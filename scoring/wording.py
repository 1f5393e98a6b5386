"""Sentences kept as data: one TOML a subject in the sentences/ folder of a package.

Each floor has a catalogue of its own. It is read once, as a module's code is; a sentence that is
missing is a bug, never something to fall back from.
"""

import sys
import tomllib
from pathlib import Path
from threading import RLock


class Catalogue:
    """The sentences of one package, found as `family.name`; a family stands in one file.

    Files are read when one of their families is first needed, the file of that name before the
    others.
    """

    def __init__(self, package: str) -> None:
        """`package` must have been imported."""
        self.package = package
        self._families: dict[str, dict[str, str]] = {}
        self._unread: list[Path] | None = None
        self._known: dict[str, str] = {}
        self._reading = RLock()  # readers and the writer say things at the same time

    @property
    def families(self) -> dict[str, dict[str, str]]:
        """All sentences by family and name."""
        with self._reading:
            for file in tuple(self._files()):
                self._read(file)
        return self._families

    def say(self, key: str, /, **values: object) -> str:
        """The sentence `family.name`, filled in. Raises KeyError for an unknown one."""
        sentence = self._known.get(key)
        if sentence is None:
            family, name = key.split(".")
            sentence = self._known[key] = self._family(family)[name]
        return sentence.format(**values)

    def say_first(self, *keys: str, **values: object) -> str:
        """The first of these sentences that there is: a special case before the plain one.
        Raises KeyError when there is none."""
        for key in keys:
            family, name = key.split(".")
            if name in self._family(family):
                return self.say(key, **values)
        raise KeyError(keys[-1])

    def _family(self, name: str) -> dict[str, str]:
        if name not in self._families:
            with self._reading:
                for file in sorted(self._files(), key=lambda file: file.stem != name):
                    self._read(file)
                    if name in self._families:
                        break
        return self._families[name]

    def _files(self) -> list[Path]:
        if self._unread is None:
            folder = Path(sys.modules[self.package].__file__ or "").parent / "sentences"
            self._unread = sorted(folder.glob("*.toml"))
        return self._unread

    def _read(self, file: Path) -> None:
        self._families.update(tomllib.loads(file.read_text("utf-8")))
        self._files().remove(file)
