"""Sentences kept as data: one TOML file per subject in the sentences/ folder of a package.

Each floor has its own catalogue, read once like the code of a module. A missing sentence is a
bug, never something to fall back from.
"""

import tomllib
from functools import cached_property
from importlib.resources import files


class Catalogue:
    """The sentences of one package, by `family.name`; a family is in one file."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._known: dict[str, str] = {}

    @cached_property
    def families(self) -> dict[str, dict[str, str]]:
        """All sentences by family and name."""
        found: dict[str, dict[str, str]] = {}
        for file in files(self.package).joinpath("sentences").iterdir():
            if file.name.endswith(".toml"):
                found.update(tomllib.loads(file.read_text("utf-8")))
        return found

    def say(self, key: str, /, **values: object) -> str:
        """The sentence `family.name`, filled in. Raises KeyError for an unknown one."""
        sentence = self._known.get(key)
        if sentence is None:
            family, name = key.split(".")
            sentence = self._known[key] = self.families[family][name]
        return sentence.format(**values)

    def say_first(self, *keys: str, **values: object) -> str:
        """The first of these sentences that exists, so that a special case can precede the plain
        one. Raises KeyError if none exists."""
        for key in keys:
            family, name = key.split(".")
            if name in self.families[family]:
                return self.say(key, **values)
        raise KeyError(keys[-1])
