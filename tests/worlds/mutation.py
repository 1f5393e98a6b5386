"""Whether the tests notice a mutant: each is tried in a fork of a process that has collected them,
by those tests alone that run the function it lies in, the quickest first."""

import contextlib
import importlib.util
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from inspect import unwrap
from time import perf_counter
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from scoring import planfile
from tests.worlds.mutants import Mutant
from tests.worlds.plan import PLAN

OURS = ("scoring", "db", "commands", "reminders", "bot", "tests")
LONGEST = 60
"""Seconds of processor time after which a mutant that still runs counts as noticed: it hangs."""


def unnoticed(found: Sequence[Mutant], files: Sequence[str]) -> list[Mutant]:
    """The mutants that no test in these files notices."""
    trial = _Trial(found, files)
    code = _pytest(files, trial)
    assert code == 0, f"the tests fail without any mutant: {trial.failed}"
    return trial.survivors


class _Trial:
    """A session of pytest that runs every test once as it is, then some of them for each mutant."""

    def __init__(self, found: Sequence[Mutant], files: Sequence[str]) -> None:
        self.found = found
        self.files = files
        self.survivors: list[Mutant] = []
        self.failed: list[str] = []
        self._seconds: dict[str, float] = {}
        self._callers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._as_it_is(item)
        if self.failed:
            session.testsfailed = len(self.failed)
            return True
        items = sorted(session.items, key=lambda item: self._seconds[item.nodeid])
        self.survivors = [one for one in self.found if not self._noticed(one, items)]
        return True

    def _as_it_is(self, item: pytest.Item) -> None:
        modules = {sys.modules[one.module].__file__: one.module for one in self.found}

        def seen(frame: FrameType, event: str, _arg: object) -> None:
            code = frame.f_code
            if event == "call" and (module := modules.get(code.co_filename)):
                outermost = code.co_qualname.split(".<locals>")[0]
                self._callers[module, outermost].add(item.nodeid)

        begun = perf_counter()
        sys.setprofile(seen)
        passed = _passes(item)
        sys.setprofile(None)
        self._seconds[item.nodeid] = perf_counter() - begun
        if not passed:
            self.failed.append(item.nodeid)

    def _noticed(self, mutant: Mutant, items: Iterable[pytest.Item]) -> bool:
        child = os.fork()
        if child:
            return os.waitpid(child, 0)[1] != 0
        code = 1
        with contextlib.suppress(BaseException):
            signal.setitimer(signal.ITIMER_PROF, LONGEST)
            if mutant.within:
                _swap(mutant)
                callers = self._callers[mutant.module, mutant.within]
                code = int(not all(_passes(item) for item in items if item.nodeid in callers))
            else:
                _import_anew(mutant)
                code = _pytest(["-x", *self.files])
        os._exit(code)


def _passes(item: pytest.Item) -> bool:
    """Whether a test passes, with nothing kept of what plans worked out before."""
    planfile.kept.cache_clear()
    for key in [key for key in PLAN.__dict__ if key.startswith("scoring.")]:
        del PLAN.__dict__[key]
    return all(report.passed for report in runtestprotocol(item, log=False, nextitem=None))


def _pytest(arguments: Sequence[str], *plugins: object) -> int:
    """Run pytest inside this process, unseen."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(1), os.dup(2)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    try:
        names = ("randomly", "xdist", "cacheprovider", "timeout", "warnings")
        without = [part for name in names for part in ("-p", f"no:{name}")]
        options = [*without, "-o", "addopts=", "-o", "timeout=0"]
        return int(pytest.main([*options, *arguments], plugins=plugins))
    finally:
        for stream, was in zip((1, 2), kept, strict=True):
            os.dup2(was, stream)
            os.close(was)
        os.close(quiet)


def _swap(mutant: Mutant) -> None:
    """Give the function, wherever it has been imported to, the code of the mutant."""
    found: Any = sys.modules[mutant.module]
    for part in mutant.within.split("."):
        found = vars(found)[part]
    function = _function(found)
    function.__code__ = _code(compile(mutant.tree, function.__code__.co_filename, "exec"), mutant)


def _function(found: Any) -> FunctionType:
    """The function behind a property or a decorator."""
    while not isinstance(found, FunctionType):
        found = getattr(found, "func", None) or getattr(found, "fget", None) or found.__func__
    plain: FunctionType = unwrap(found)
    return plain


def _code(module: CodeType, mutant: Mutant) -> CodeType:
    below = [module]
    while below:
        code = below.pop()
        if code.co_qualname == mutant.within:
            return code
        below += [one for one in code.co_consts if isinstance(one, CodeType)]
    raise LookupError(mutant.name)


def _import_anew(mutant: Mutant) -> None:
    """Forget all modules of ours and have the mutant's imported in its place."""
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    spec = importlib.util.find_spec(mutant.module)
    assert spec is not None
    module = ModuleType(mutant.module)
    origin = str(spec.origin)
    module.__dict__.update(__spec__=spec, __file__=origin, __package__=spec.parent)
    sys.modules[mutant.module] = module
    exec(compile(mutant.tree, origin, "exec"), module.__dict__)
