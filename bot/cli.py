"""The `promobot` command line.

Bad input gets one clear Chinese line and exit code 2, never a traceback. Each command imports
what it needs when it runs.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, TextIO

from bot.usage import EXIT_BAD, Parser, Version, examples
from bot.wording import say
from db.platforms import ELSEWHERE
from scoring.errors import OperatorError, UserError

EXIT_INTERRUPTED = 130


def _run(commands: Any) -> None:
    parser = commands.add_parser(
        "run",
        help=say("cli_run.brief"),
        description=say("cli_run.about"),
        epilog=examples("promobot run", "promobot run --demo"),
    )
    parser.add_argument("--demo", action="store_true", help=say("cli_run.demo"))
    parser.set_defaults(module="bot.shell.run", function="run")


def _init(commands: Any) -> None:
    from bot.shell.setup.questions import ALL, REWRITE

    parser = commands.add_parser(
        "init",
        help=say("cli_init.brief"),
        description=say("cli_init.about"),
        epilog=examples(
            "promobot init",
            "promobot init --platform telegram --telegram-token 令牌 --roster 花名册.xlsx --yes",
            "promobot init --check",
        ),
    )
    parser.add_argument("--check", action="store_true", help=say("cli_init.check"))
    parser.add_argument("--yes", action="store_true", help=say("cli_init.yes"))
    parser.add_argument(REWRITE.flag, action="store_true", help=say("cli_init.overwrite"))
    for one in ALL:
        parser.add_argument(*one.flags, dest=one.name, metavar="…", help=say(one.asked))
    parser.set_defaults(module="bot.shell.init", function="run")


def _console(commands: Any) -> None:
    parser = commands.add_parser(
        "console",
        help=say("cli_console.brief"),
        description=say("cli_console.about"),
        epilog=examples("promobot console", "promobot console --as u-li --in staff"),
    )
    parser.add_argument("--as", dest="account", metavar="账号", help=say("cli_console.account"))
    parser.add_argument("--in", dest="group", metavar="群名", help=say("cli_console.group"))
    parser.set_defaults(module="bot.shell.console", function="run")


def _replay(commands: Any) -> None:
    parser = commands.add_parser(
        "replay",
        help=say("cli_replay.brief"),
        description=say("cli_replay.about"),
        epilog=examples(
            "promobot replay script.jsonl --roster roster.csv",
            "promobot replay script.jsonl --roster roster.xlsx --score out.json",
        ),
    )
    parser.add_argument("script", metavar="脚本.jsonl")
    parser.add_argument("--roster", metavar="名册", required=True, help=say("cli_replay.roster"))
    parser.add_argument("--db", metavar="地址", help=say("cli_replay.database"))
    parser.add_argument("--plan", metavar="方案.toml", help=say("cli_replay.plan"))
    parser.add_argument("--score", metavar="结果.json", help=say("cli_replay.score"))
    parser.set_defaults(module="bot.shell.replay", function="run")


def _score(commands: Any) -> None:
    parser = commands.add_parser(
        "score",
        help=say("cli_score.brief"),
        description=say("cli_score.about"),
        epilog=examples(
            "promobot score", "promobot score 机电 --json", "promobot score --as-of 2024-04-05"
        ),
    )
    parser.add_argument("unit", metavar="部门", nargs="?", help=say("cli_score.unit"))
    parser.add_argument("--as-of", metavar="时间", help=say("cli_score.as_of"))
    parser.add_argument("--until", metavar="时间", help=say("cli_score.until"))
    parser.add_argument("--json", action="store_true", help=say("cli_score.json"))
    parser.add_argument("--db", metavar="地址", help=say("cli.database"))
    parser.set_defaults(module="bot.shell.score", function="run")


def _report(commands: Any) -> None:
    parser = commands.add_parser(
        "report",
        help=say("cli_report.brief"),
        description=say("cli_report.about"),
        epilog=examples(
            "promobot report 2024-04 --out 月报",
            "promobot report 2024-04 --db sqlite:///data/playground.db",
        ),
    )
    parser.add_argument("month", metavar="月份", help=say("cli_report.month"))
    parser.add_argument("--out", metavar="目录", default=".", help=say("cli_report.out"))
    parser.add_argument("--db", metavar="地址", help=say("cli.database"))
    parser.set_defaults(module="bot.shell.report", function="run")


def _roster(commands: Any) -> None:
    parser = commands.add_parser("roster", help=say("cli_roster.brief"))
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    load = parts.add_parser(
        "import",
        help=say("cli_roster.import"),
        description=say("cli_roster.import_about"),
        epilog=examples("promobot roster import 花名册.xlsx", "promobot roster import a.csv --yes"),
    )
    load.add_argument("file", metavar="名册", nargs="?", help=say("cli_roster.file"))
    load.add_argument("--wecom", action="store_true", help=say("cli_roster.wecom"))
    load.add_argument("--yes", action="store_true", help=say("cli_roster.yes"))
    load.add_argument("--dry-run", action="store_true", help=say("cli_roster.dry_run"))
    load.add_argument("--db", metavar="地址", help=say("cli.database"))
    load.set_defaults(module="bot.shell.roster", function="load")
    codes = parts.add_parser(
        "codes",
        help=say("cli_roster.codes"),
        description=say("cli_roster.codes_about"),
        epilog=examples("promobot roster codes", "promobot roster codes T1024 T1025"),
    )
    codes.add_argument("staff_no", metavar="工号", nargs="*", help=say("cli_roster.staff_no"))
    codes.add_argument("--second", action="store_true", help=say("cli_roster.second"))
    codes.add_argument("--db", metavar="地址", help=say("cli.database"))
    codes.set_defaults(module="bot.shell.roster", function="codes")


def _plan(commands: Any) -> None:
    parser = commands.add_parser("plan", help=say("cli_plan.brief"))
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    _plan_look(parts)
    _plan_change(parts)
    text = parts.add_parser(
        "text",
        help=say("cli_plan.text"),
        epilog=examples("promobot plan text 方案.txt"),
    )
    text.add_argument("file", metavar="文件", help=say("cli_plan.text_file"))
    text.add_argument("--db", metavar="地址", help=say("cli.database"))
    text.set_defaults(module="bot.shell.plan", function="text")


def _plan_part(parts: Any, part: str, told: str, *said: str, about: str = "") -> Parser:
    lines = examples(*(f"promobot plan {part} {one}".rstrip() for one in said))
    one: Parser = parts.add_parser(part, help=told, description=about or told, epilog=lines)
    one.add_argument("--db", metavar="地址", help=say("cli.database"))
    function = "list_" if part == "list" else part
    one.set_defaults(module="bot.shell.plan", function=function)
    return one


def _plan_look(parts: Any) -> None:
    _plan_part(parts, "list", say("cli_plan.list"), "")
    one = _plan_part(parts, "show", say("cli_plan.show"), "", "2024", "我校.toml")
    one.add_argument("which", metavar="年份", nargs="?", help=say("cli_plan.which"))
    one = _plan_part(parts, "check", say("cli_plan.check"), "", "我校.toml")
    one.add_argument("file", metavar="方案.toml", nargs="?", help=say("cli_plan.file"))
    one = _plan_part(parts, "export", say("cli_plan.export"), "2024", "2024.2 --out 我校.toml")
    one.add_argument("which", metavar="年份", help=say("cli_plan.revision"))
    one.add_argument("--out", metavar="文件", help=say("cli_plan.out"))
    one = _plan_part(parts, "diff", say("cli_plan.diff"), "2024.1 2024.2", "2024 我校.toml")
    one.add_argument("one", metavar="甲", help=say("cli_plan.one"))
    one.add_argument("other", metavar="乙", help=say("cli_plan.one"))


def _plan_change(parts: Any) -> None:
    about = say("cli_plan.new_about")
    one = _plan_part(
        parts, "new", say("cli_plan.new"), "2027 --from 2024", "2027 --from primary", about=about
    )
    one.add_argument("year", metavar="年份", help=say("cli_plan.year"))
    one.add_argument(
        "--from", dest="source", metavar="年份", required=True, help=say("cli_plan.source")
    )
    about = say("cli_plan.publish_about")
    one = _plan_part(
        parts,
        "publish",
        say("cli_plan.publish"),
        "我校.toml",
        "我校.toml --yes 王五",
        about=about,
    )
    one.add_argument("file", metavar="方案.toml", help=say("cli_plan.published_file"))
    one.add_argument("--yes", metavar="姓名", help=say("cli_plan.yes"))
    one.add_argument("--why", metavar="说明", help=say("cli_plan.why"))


def _records(commands: Any) -> None:
    parser = commands.add_parser("records", help=say("cli_records.brief"))
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    told, shown = say("cli_records.import"), ("台账.xlsx --dry-run", "台账.xlsx --yes 王五")
    load = _records_part(parts, "import", told, "load", *shown)
    load.add_argument("file", metavar="台账", help=say("cli_records.file"))
    load.add_argument("--dry-run", action="store_true", help=say("cli_records.dry_run"))
    load.add_argument("--yes", metavar="姓名", help=say("cli_records.yes"))
    undo = _records_part(parts, "undo", say("cli_records.undo"), "undo", "3 --yes 王五")
    undo.add_argument("number", metavar="编号", type=_number, help=say("cli_records.number"))
    undo.add_argument("--yes", metavar="姓名", help=say("cli_records.yes"))
    _records_part(parts, "list", say("cli_records.list"), "list_", "")
    told = say("cli_records.template")
    template = _records_part(parts, "template", told, "template", "台账模板.csv")
    template.add_argument("file", metavar="文件", nargs="?", help=say("cli_records.template_file"))


def _records_part(parts: Any, part: str, told: str, function: str, *shown: str) -> Parser:
    lines = examples(*(f"promobot records {part} {said}".rstrip() for said in shown))
    one: Parser = parts.add_parser(part, help=told, description=told, epilog=lines)
    one.add_argument("--db", metavar="地址", help=say("cli.database"))
    one.set_defaults(module="bot.shell.records", function=function)
    return one


def _remind(commands: Any) -> None:
    parser = commands.add_parser("remind", help=say("cli_remind.brief"))
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    preview = parts.add_parser(
        "preview",
        help=say("cli_remind.preview"),
        description=say("cli_remind.preview_about"),
        epilog=examples(
            "promobot remind preview",
            "promobot remind preview --from 2024-04-01 --to 2024-04-07",
        ),
    )
    preview.add_argument("--from", dest="since", metavar="日期", help=say("cli_remind.since"))
    preview.add_argument("--to", metavar="日期", help=say("cli_remind.to"))
    preview.add_argument("--db", metavar="地址", help=say("cli.database"))
    preview.set_defaults(module="bot.shell.remind", function="preview")


def _care(commands: Any) -> None:
    for name, told in (
        ("migrate", say("cli_care.migrate")),
        ("doctor", say("cli_care.doctor")),
    ):
        parser = commands.add_parser(
            name, help=told, description=told, epilog=examples(f"promobot {name}")
        )
        if name == "doctor":
            parser.add_argument(
                "platform",
                metavar="平台",
                nargs="?",
                choices=ELSEWHERE,
                help=say("cli_care.platform"),
            )
        else:
            parser.add_argument("--new", action="store_true", help=say("cli_care.new"))
        parser.add_argument("--db", metavar="地址", help=say("cli.database"))
        parser.set_defaults(module="bot.shell.care", function=name)


def _backup(commands: Any) -> None:
    save = commands.add_parser(
        "backup",
        help=say("cli_backup.brief"),
        description=say("cli_backup.about"),
        epilog=examples("promobot backup", "promobot backup --to /mnt/nas"),
    )
    save.add_argument("--to", metavar="目录", help=say("cli_backup.to"))
    save.add_argument("--db", metavar="地址", help=say("cli.database"))
    save.set_defaults(module="bot.shell.backup", function="backup")
    back = commands.add_parser(
        "restore",
        help=say("cli_backup.restore"),
        description=say("cli_backup.restore_about"),
        epilog=examples(
            "promobot restore data/backups/promobot-20240405-020000.backup",
            "promobot restore FILE --db postgresql://promobot@localhost/promobot",
        ),
    )
    back.add_argument("file", metavar="备份", help=say("cli_backup.file"))
    back.add_argument("--db", metavar="地址", help=say("cli_backup.into"))
    back.set_defaults(module="bot.shell.backup", function="restore")


def _demo(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help=say("cli_demo.brief"),
        description=say("cli_demo.about"),
        epilog=examples(
            "promobot demo",
            "promobot demo --seed 7 --db sqlite:///demo.db",
            "promobot demo --roster 花名册.xlsx --plan 我校.toml",
        ),
    )
    parser.add_argument("--roster", metavar="名册", help=say("cli_demo.roster"))
    parser.add_argument("--plan", metavar="方案", help=say("cli_demo.plan"))
    parser.add_argument("--db", metavar="地址", help=say("cli_demo.database"))
    parser.add_argument(
        "--seed", metavar="数", type=_number, default=2024, help=say("cli_demo.seed")
    )
    parser.set_defaults(module="bot.shell.demo", function="run")


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(say("usage.number"))
    return int(text)


def _erase(commands: Any) -> None:
    parser = commands.add_parser("erase", help=say("cli_erase.brief"))
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    preview = parts.add_parser(
        "preview",
        help=say("cli_erase.preview"),
        description=say("cli_erase.preview_about"),
        epilog=examples("promobot erase preview"),
    )
    preview.add_argument("--db", metavar="地址", help=say("cli.database"))
    preview.set_defaults(module="bot.shell.erase", function="preview")


COMMANDS: tuple[Callable[[Any], None], ...] = (
    _init, _run, _console, _replay, _score, _report, _roster, _plan, _records, _remind, _erase,
    _care, _backup, _demo,
)  # fmt: skip


def parser() -> Parser:
    """Build the parser with all subcommands."""
    top = Parser(
        prog="promobot",
        description=say("cli.about"),
        epilog=examples("promobot run", "promobot score --help"),
    )
    top.add_argument("--version", action=Version, nargs=0, help=say("cli.version"))
    commands = top.add_subparsers(dest="command", metavar="命令", required=True)
    for add in COMMANDS:
        add(commands)
    return top


def forgiving(stream: TextIO) -> None:
    """Replace characters that the console's code page cannot print, instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    forgiving(sys.stdout)
    forgiving(sys.stderr)
    try:
        arguments = parser().parse_args(argv)
        function = getattr(import_module(arguments.module), arguments.function)
        return int(function(arguments))
    except SystemExit as end:
        return int(end.code or 0)
    except (OperatorError, UserError) as fault:
        print(str(fault), file=sys.stderr)  # noqa: T201
        return EXIT_BAD
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Nobody reads our output any more; keep the interpreter's final flush from failing.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return 0


if __name__ == "__main__":
    sys.exit(main())
