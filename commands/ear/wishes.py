"""The wishes that the second ear knows, read from `wishes.toml` on first use."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from commands.ear.spelling import Sounds
from scoring.values import frozen

FILLER = "filler"


@frozen
class Wish:
    """What somebody may want. It is meant when each of `needs` was said (any of a group's ideas
    will do) and none of `bars`; ideas that begin with @ are things that were named (@unit).

    One of these is done: `line`, a command's line whose {slots} are filled by what was named;
    `says`, a sentence with buttons for the commands in `offers`; `way`, a function of
    `commands/help/ways.py`. `roles`: who can mean it at all (empty: everybody). `alone`: only where
    nothing else was said. `straight`: its line is not shown first, as it only answers or asks.
    """

    name: str
    needs: tuple[frozenset[str], ...]
    bars: frozenset[str]
    line: str
    says: str
    way: str
    offers: tuple[str, ...]
    roles: frozenset[str]
    alone: bool
    straight: bool
    order: int


@frozen
class Vocabulary:
    """`ideas`: what a word may stand for; `shapes`: ideas that are recognised by a pattern;
    `latin`: the words that are not pinyin."""

    ideas: Mapping[str, frozenset[str]]
    shapes: tuple[tuple[str, re.Pattern[str]], ...]
    wishes: tuple[Wish, ...]
    sounds: Sounds
    latin: frozenset[str]


@cache
def _said() -> Mapping[str, Any]:
    return tomllib.loads(files("commands.ear").joinpath("wishes.toml").read_text("utf-8"))


@cache
def _ideas() -> Mapping[str, frozenset[str]]:
    ideas: dict[str, frozenset[str]] = {}
    for idea, words in _said()["words"].items():
        for word in words.split():
            ideas[word] = ideas.get(word, frozenset()) | {idea}
    return ideas


@cache
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """First character -> how long our words are that begin with it, the longest first."""
    lengths: dict[str, set[int]] = {}
    for word in _ideas():
        lengths.setdefault(word[0], set()).add(len(word))
    return {head: tuple(sorted(of, reverse=True)) for head, of in lengths.items()}


def words_in(copy: str) -> Iterator[tuple[int, int]]:
    """Where our words stand, the longest at each place."""
    ideas, lengths, at, end = _ideas(), _lengths(), 0, len(copy)
    while at < end:
        begin = at
        for length in lengths.get(copy[begin], ()):
            word = copy[begin : begin + length]
            if word in ideas:
                at += len(word)
                yield begin, at
                break
        else:
            at += 1


@cache
def vocabulary(names: tuple[str, ...]) -> Vocabulary:
    """All words and wishes. `names`: the first words of the commands, for initials."""
    said, ideas = _said(), _ideas()
    fillers = [word for word, meant in ideas.items() if meant == {FILLER}]
    return Vocabulary(
        ideas=ideas,
        shapes=tuple((idea, re.compile(shape)) for idea, shape in said["shapes"].items()),
        wishes=tuple(_wish(order, wish) for order, wish in enumerate(said["wish"])),
        sounds=Sounds.of((word for word in ideas if word not in fillers), fillers, names),
        latin=frozenset(word for word in ideas if word.isascii()),
    )


def _wish(order: int, said: Mapping[str, Any]) -> Wish:
    return Wish(
        name=said["name"],
        needs=tuple(frozenset(group.split("|")) for group in said["needs"].split()),
        bars=frozenset(said.get("bars", "").split()),
        line=said.get("line", ""),
        says=said.get("says", ""),
        way=said.get("way", ""),
        offers=tuple(said.get("offers", "").split()),
        roles=frozenset(said.get("roles", "").split()),
        alone=said.get("alone", False),
        straight=said.get("straight", False),
        order=order,
    )
