"""The catalogue of sentences, kept as data in sentences/, and filled in here."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    """All sentences by family and name; a family stands in one file."""
    found: dict[str, dict[str, str]] = {}
    for file in files("commands").joinpath("sentences").iterdir():
        if file.name.endswith(".toml"):
            found.update(tomllib.loads(file.read_text("utf-8")))
    return found


def say(key: str, /, **values: object) -> str:
    """The sentence `family.name` of sentences/, filled in. KeyError for an unknown one."""
    return _sentence(key).format(**values)


@cache
def _sentence(key: str) -> str:
    family, name = key.split(".")
    return _catalogue()[family][name]


def say_first(*keys: str, **values: object) -> str:
    """The first of these sentences that the catalogue has: a special case before the plain one."""
    for key in keys:
        family, name = key.split(".")
        if name in _catalogue()[family]:
            return say(key, **values)
    raise KeyError(keys[-1])


def lines(*parts: str) -> str:
    """The parts that are not empty, one a line."""
    return "\n".join(part for part in parts if part)
