"""`promobot init`: from a clone to a school that is ready to run, by a few questions.

Everything is asked and checked first. Then the database is filled and promobot.toml written, or
neither. `--check` asks nothing and tells what stands.
"""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from bot import settings
from bot.adapters.findings import FINE
from bot.process.app import BOT_NAMES, key_of, open_database, sqlite_file
from bot.process.http import claim
from bot.settings import FILE, Settings
from bot.shell.output import out
from bot.shell.platforms import Answered, door, shown
from bot.shell.setup import questions, reaching, schooling, settingsfile, standing
from bot.shell.setup.asking import Asking
from bot.shell.setup.reaching import Values, parsed
from bot.shell.setup.schooling import EMPTY, TEMPLATE, Planned, Standing
from bot.wording import say
from commands.roster import enrolment, template
from commands.roster.file import RosterFile
from db import plans, publishing
from db import settings as school
from db.calendar import calendar
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.vault import generated
from db.engine.writer import Writer
from db.people import directory
from scoring.errors import OperatorError
from scoring.moments import day_of

EXIT_ILL = 1
EXIT_STOPPED = 130
FOLDER = settings.DATA.as_posix()
SERVER = "postgresql://"
PORTS = 20
"""How many ports are tried, where the usual one is taken."""


def run(arguments: Namespace) -> int:
    """Ask, check, write; return 1 if something is still to be done, 130 if it was broken off."""
    if arguments.check:
        return check()
    given = {one.name: getattr(arguments, one.name) for one in questions.ALL}
    ask = Asking(given, silent=arguments.yes or not sys.stdin.isatty())
    try:
        return _asked(ask, rewrite=arguments.overwrite)
    except (KeyboardInterrupt, EOFError):
        out("\n" + say("init.stopped"))
        return EXIT_STOPPED


def check() -> int:
    """Tell what stands; ask nothing and change nothing."""
    found = settings.read(os.environ, to_run=True)
    told = list(standing.findings(found))
    for kind, line in told:
        out(f"{kind}　{line}")
    ill = sum(kind != FINE for kind, _ in told)
    out(say("check.ill", count=ill) if ill else say("check.fine"))
    return EXIT_ILL if ill else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All there is to write. `values`: the settings by name."""

    values: Values
    platforms: Mapping[str, Answered]
    planned: Planned | None = None
    roster: RosterFile | str = ""


def _asked(ask: Asking, *, rewrite: bool) -> int:
    path = Path(FILE)
    kept = _kept(path)
    if path.exists() and not rewrite:
        if ask.silent:
            raise OperatorError(say("init.exists", file=FILE))
        if not ask.one(questions.REWRITE, lambda said: said.lower() in {"y", "yes", "是"}):
            out(say("init.left", file=FILE))
            return 0
    if not ask.silent:
        out(say("init.hello"))
    default = kept.get("platforms", "") or "telegram"
    names = ask.one(questions.PLATFORM, reaching.names, default)
    answers = _of_the_page(ask) if names == ("web",) else _of_the_school(ask, names, kept)
    answers.values["http_port"] = _port(ask, kept)
    carried = {name: said for name, said in kept.items() if name not in answers.values}
    _write(path, answers, carried)
    _tell(answers)
    return EXIT_ILL if any(one.cut for one in answers.platforms.values()) else 0


def _kept(path: Path) -> Values:
    """What the file and the environment say already, by name; they are the defaults."""
    faults: list[str] = []
    found = settings.written(os.environ, path, faults)
    if faults:
        raise settings.SettingsFault(faults)
    return {name: said for name, said in found.items() if said}


def _of_the_page(ask: Asking) -> Answers:
    """The page of a demonstration: the invented school, or one's own people and plan."""
    values: Values = {"platforms": "web"}
    path = ask.one(questions.OWN, schooling.own, ask.given(questions.ROSTER.name) or "")
    if path is None:
        return Answers(values=values, platforms={})
    planned = schooling.plan(ask, schooling.nothing())
    roster = schooling.people(path, planned.plan)
    return Answers(values=values, platforms={}, planned=planned, roster=roster)


def _of_the_school(ask: Asking, names: tuple[str, ...], kept: Values) -> Answers:
    told = {name: _answers(name, ask, kept) for name in names}
    values: Values = {"platforms": ",".join(names)}
    for one in told.values():
        values |= {name: said for name, said in one.values.items() if said}
    values |= ask.one(questions.DATA, _data, kept.get("database_url", "") or FOLDER)
    key = kept.get("key_file", "")
    if values["database_url"].startswith(SERVER) and not kept.get("key"):
        values["key_file"] = ask.one(questions.KEY_FILE, str, key or "promobot.key")
    elif said := ask.given(questions.KEY_FILE.name) or key:
        values["key_file"] = said
    has = _standing(values, kept)
    planned = schooling.plan(ask, has)
    roster = schooling.roster(ask, planned.plan, has)
    return Answers(values=values, platforms=told, planned=planned, roster=roster)


def _answers(name: str, ask: Asking, kept: Values) -> Answered:
    asked = door(name).asked
    return Answered() if asked is None else asked(ask, kept)


def _data(said: str) -> Values:
    """The database for a folder, or for an address."""
    if "://" not in said:
        folder = Path(said)
        if folder.exists() and not folder.is_dir():
            raise OperatorError(say("init.no_folder", folder=said))
        own = "" if folder == settings.DATA else f"sqlite:///{(folder / 'promobot.db').as_posix()}"
        return {"database_url": own}
    return {"database_url": settings.PARSERS["database_url"](said)}


def _standing(values: Values, kept: Values) -> Standing:
    """What the school's database holds already; the program's own plans before there is one."""
    found = parsed({**kept, **values}, to_run=False)
    file = sqlite_file(found.database)
    if file is not None and not file.exists():
        return schooling.nothing()
    fresh = found.key_file and not Path(found.key_file).exists()
    return (
        _looked(found, token_bytes() if fresh else key_of(found.database, found))
        or schooling.nothing()
    )


def _looked(found: Settings, key: bytes) -> Standing | None:
    db = Database.open(found.database, key)
    try:
        if db.version() is None:
            return None
        db.migrate()
        with db.reading() as tx:
            return _stands(tx)
    finally:
        db.close()


def _stands(tx: Reading) -> Standing:
    staff = [one for one in directory(tx).by_id.values() if one.unit]
    now = int(time.time())
    return Standing(
        shelf=plans.kept(tx),
        people=len(staff),
        calendar=calendar(tx),
        students=school.students(tx, now),
    )


def _port(ask: Asking, kept: Values) -> str:
    """The port: the one given or kept, else the usual one or the next that is free."""
    if said := ask.given(questions.PORT.name) or kept.get("http_port", ""):
        settings.PARSERS["http_port"](said)
        return said
    for port in range(settings.PORT, settings.PORT + PORTS):
        try:
            doors = claim("127.0.0.1", port)
        except OperatorError:
            continue
        for taken in doors:
            taken.close()
        if port == settings.PORT:
            return ""
        out(say("init.port", taken=settings.PORT, port=port))
        return str(port)
    return ""


# --- writing ------------------------------------------------------------------------------


def _write(path: Path, answers: Answers, carried: Values) -> None:
    """Fill the database and write the settings, or leave everything as it was."""
    values = {**carried, **answers.values}
    found = parsed(values)
    day = day_of(int(time.time())).isoformat()
    new = settingsfile.laid(path, settingsfile.text(values, day))
    try:
        if found.playground:
            _make_page(found, answers)
        else:
            with _undone(found):
                _fill(found, answers)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _undone(found: Settings) -> Iterator[None]:
    """Take away the files that were made, if the block fails."""
    file = sqlite_file(found.database)
    made = [Path(found.key_file)] if found.key_file else []
    if file is not None:
        made += [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
        made.append(file.with_name("key"))
    made = [one for one in made if not one.exists()]
    try:
        yield
    except BaseException:
        for one in made:
            one.unlink(missing_ok=True)
        raise


def _fill(found: Settings, answers: Answers) -> None:
    if found.key_file and not Path(found.key_file).exists():
        generated(Path(found.key_file))
    planned, people, now = answers.planned, answers.roster, int(time.time())

    def enter(tx: Tx) -> None:
        if planned is not None and planned.text is not None:
            why = say("plan.carried_over", revision=planned.origin)
            publishing.publish(tx, planned.text, now=now, why=why)
        if isinstance(people, RosterFile):
            enrolment.apply(tx, enrolment.compare(tx, people), now, None)

    db = open_database(found.database, found, new=True)
    try:
        with Writer(db) as writer:
            writer.submit(enter).result()
    finally:
        db.close()
    if people == EMPTY and planned is not None:
        with suppress(FileExistsError), Path(TEMPLATE).open("xb") as file:
            file.write(template.write(planned.plan))


def _make_page(found: Settings, answers: Answers) -> None:
    from bot.playground.demo import own

    if answers.planned is None or not isinstance(answers.roster, RosterFile):
        return
    out(say("own.making"))
    for line in own.make(found, answers.planned.plan, answers.planned.text, answers.roster):
        out(line)


# --- what comes next ----------------------------------------------------------------------


def _tell(answers: Answers) -> None:
    """Say what was written and the three next steps."""
    out(say("init.written", file=FILE))
    for name, one in answers.platforms.items():
        if one.cut:
            out(say("init.unchecked", platform=shown(name)))
    if not answers.platforms:
        for number, key in enumerate(("init_page.run", "init_page.person", "init_page.real"), 1):
            out(say("init.step", number=number, said=say(key)))
        return
    if answers.roster == EMPTY:
        out(say("init.template", file=TEMPLATE))
    elif not isinstance(answers.roster, RosterFile):
        out(say("init.no_roster"))
    steps = [say("init_step.run")]
    told = [_steps(name, one) for name, one in answers.platforms.items()]
    steps += [bind for bind, _ in told] + [group for _, group in told]
    for number, said in enumerate(steps, 1):
        out(say("init.step", number=number, said=said))
    if any(one.private for one in answers.platforms.values()):
        out(say("init_step.private"))


def _steps(name: str, one: Answered) -> tuple[str, str]:
    """How the first administrator is bound, and how a group is linked."""
    if (steps := door(name).steps) is not None:
        return steps(one)
    called, bot = shown(name), one.bot or BOT_NAMES[0]
    bind = say("init_step.bind", platform=called)
    return bind, say("init_step.group", platform=called, bot=bot)
