"""`promobot`: the commands of the shell.

Bad input costs one clear Chinese line and exit code 2, never a trace. Only what a command needs
is imported, inside that command.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn, TextIO

from scoring.errors import OperatorError, UserError

EXIT_BAD = 2
EXIT_INTERRUPTED = 130

_TRANSLATED = (
    (r"the following arguments are required: (.*)", r"少写了 \1"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"argument .*?: invalid choice: '?(.*?)'? \(choose from (.*)\)", r"没有 \1，可用 \2"),
    (r"argument (.*?): expected one argument", r"\1 后面要写内容"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 和 \2 只能用一个"),
    (r"argument (.*?): ignored explicit argument (.*)", r"\1 后面不用写 \2"),
    (r"argument (.*?): ([^a-zA-Z].*)", r"\1：\2"),
)

DB_HELP = "数据库地址，如 sqlite:///data/promobot.db；不写用 PROMOBOT_DATABASE_URL"


class Parser(argparse.ArgumentParser):
    """argparse that speaks Chinese and keeps a fault to one line."""

    def __init__(self, *names: Any, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options |= {"allow_abbrev": False, "add_help": False}
        super().__init__(*names, **options)
        self._positionals.title = "要写的"
        self._optionals.title = "可以加的"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        for pattern, words in _TRANSLATED:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, words, message).replace("'", "")
                break
        print(f"{message}。看说明：{self.prog} --help", file=sys.stderr)  # noqa: T201
        raise SystemExit(EXIT_BAD)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法：", 1)


def _examples(*lines: str) -> str:
    return "例如：\n" + "\n".join(f"  {line}" for line in lines)


def _run(commands: Any) -> None:
    commands.add_parser(
        "run",
        help="启动宣传助手",
        description="启动宣传助手。什么都不设时打开演示学校的网页；接了平台就用学校自己的数据库。",
        epilog=_examples("promobot run", "PROMOBOT_PLATFORMS=telegram promobot run"),
    ).set_defaults(module="bot.shell.run", function="run")


def _console(commands: Any) -> None:
    parser = commands.add_parser(
        "console",
        help="在终端里试用",
        description="在终端里和宣传助手说话。不写数据库时用演示学校。",
        epilog=_examples("promobot console", "promobot console --as u-li --in staff"),
    )
    parser.add_argument("--as", dest="account", metavar="账号", help="以谁的身份说话")
    parser.add_argument("--in", dest="group", metavar="群名", help="在哪个群里说；不写是私聊")
    parser.set_defaults(module="bot.shell.console", function="run")


def _replay(commands: Any) -> None:
    parser = commands.add_parser(
        "replay",
        help="按脚本重放一段对话",
        description="按脚本重放一段对话，一行输入一个 JSON，一行输出一个 JSON。",
        epilog=_examples(
            "promobot replay script.jsonl --roster roster.csv",
            "promobot replay script.jsonl --roster roster.xlsx --score out.json",
        ),
    )
    parser.add_argument("script", metavar="脚本.jsonl")
    parser.add_argument("--roster", metavar="名册", required=True, help="花名册 xlsx 或 csv")
    parser.add_argument("--db", metavar="地址", help="数据库地址；不写用临时的")
    parser.add_argument("--plan", metavar="方案.toml", help="方案文件；不写用自带的")
    parser.add_argument("--score", metavar="结果.json", help="把最后的得分写到这个文件")
    parser.set_defaults(module="bot.shell.replay", function="run")


def _score(commands: Any) -> None:
    parser = commands.add_parser(
        "score",
        help="看得分",
        description="看全校或一个部门的得分，每分都有依据。",
        epilog=_examples(
            "promobot score", "promobot score 机电 --json", "promobot score --as-of 2024-04-05"
        ),
    )
    parser.add_argument("unit", metavar="部门", nargs="?", help="部门或简称；不写是全部")
    parser.add_argument("--as-of", metavar="时间", help="按当时看到的算，如 2024-04-05T18:00+08:00")
    parser.add_argument("--until", metavar="时间", help="只算到这个时间为止发生的事")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--db", metavar="地址", help=DB_HELP)
    parser.set_defaults(module="bot.shell.score", function="run")


def _report(commands: Any) -> None:
    parser = commands.add_parser(
        "report",
        help="把一个月的月报写成文件",
        description="写出公文、明细表和得分率图；定稿过的月份按定稿，没有定稿的是草稿。",
        epilog=_examples(
            "promobot report 2024-04 --out 月报",
            "promobot report 2024-04 --db sqlite:///data/playground.db",
        ),
    )
    parser.add_argument("month", metavar="月份", help="如 2024-04")
    parser.add_argument("--out", metavar="目录", default=".", help="写到哪里，默认当前目录")
    parser.add_argument("--db", metavar="地址", help=DB_HELP)
    parser.set_defaults(module="bot.shell.report", function="run")


def _roster(commands: Any) -> None:
    parser = commands.add_parser("roster", help="导入名册、发绑定口令")
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    load = parts.add_parser(
        "import",
        help="导入名册",
        description="先试读并列出变化，确认后导入；有一行看不懂就一行都不导入。",
        epilog=_examples(
            "promobot roster import 花名册.xlsx", "promobot roster import a.csv --yes"
        ),
    )
    load.add_argument("file", metavar="名册", nargs="?", help="xlsx 或 csv")
    load.add_argument("--wecom", action="store_true", help="从企业微信通讯录读（要有自建应用）")
    load.add_argument("--yes", action="store_true", help="不再问，直接导入")
    load.add_argument("--dry-run", action="store_true", help="只看，不导入")
    load.add_argument("--db", metavar="地址", help=DB_HELP)
    load.set_defaults(module="bot.shell.roster", function="load")
    codes = parts.add_parser(
        "codes",
        help="发一次性绑定口令",
        description="给还没有账号的人各发一个一次性口令，私聊宣传助手“绑定 口令”即可。",
        epilog=_examples("promobot roster codes", "promobot roster codes T1024 T1025"),
    )
    codes.add_argument("staff_no", metavar="工号", nargs="*", help="只给这些人；不写是全部未绑定的")
    codes.add_argument("--db", metavar="地址", help=DB_HELP)
    codes.set_defaults(module="bot.shell.roster", function="codes")


def _plan(commands: Any) -> None:
    parser = commands.add_parser("plan", help="检查、查看方案")
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    for part, told in (("check", "检查方案文件"), ("show", "按条列出方案")):
        one = parts.add_parser(
            part,
            help=told,
            epilog=_examples(f"promobot plan {part}", f"promobot plan {part} 我校.toml"),
        )
        one.add_argument("file", metavar="方案.toml", nargs="?", help="不写是自带的方案")
        one.set_defaults(module="bot.shell.plan", function=part)
    text = parts.add_parser(
        "text",
        help="载入学校自己的文件，供“原文”和“为什么”引用",
        epilog=_examples("promobot plan text 方案.txt"),
    )
    text.add_argument("file", metavar="文件", help="纯文本（UTF-8），标题写作 附件1、一、（一）")
    text.add_argument("--db", metavar="地址", help=DB_HELP)
    text.set_defaults(module="bot.shell.plan", function="text")


def _remind(commands: Any) -> None:
    parser = commands.add_parser("remind", help="看提醒会发给谁")
    parts = parser.add_subparsers(dest="part", metavar="做什么", required=True)
    preview = parts.add_parser(
        "preview",
        help="列出一段时间里会发的提醒",
        description="按现在的报送情况，列出一段时间里会发的提醒和收的人；只看，不发。",
        epilog=_examples(
            "promobot remind preview",
            "promobot remind preview --from 2024-04-01 --to 2024-04-07",
        ),
    )
    preview.add_argument("--from", dest="since", metavar="日期", help="从哪天起；不写是现在")
    preview.add_argument("--to", metavar="日期", help="到哪天止；不写是两周")
    preview.add_argument("--db", metavar="地址", help=DB_HELP)
    preview.set_defaults(module="bot.shell.remind", function="preview")


def _care(commands: Any) -> None:
    for name, told in (
        ("migrate", "把数据库升级到这个版本"),
        ("doctor", "检查设置、数据库和得分是否一致"),
    ):
        parser = commands.add_parser(
            name, help=told, description=told, epilog=_examples(f"promobot {name}")
        )
        if name == "doctor":
            parser.add_argument(
                "platform",
                metavar="平台",
                nargs="?",
                choices=("telegram", "wecom"),
                help="telegram 或 wecom：去问平台还缺什么设置",
            )
        parser.add_argument("--db", metavar="地址", help=DB_HELP)
        parser.set_defaults(module="bot.shell.care", function=name)


def _demo(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help="重新准备演示学校",
        description="准备演示学校：约 120 人和三周的往来，同一个种子总是同样的内容。",
        epilog=_examples("promobot demo", "promobot demo --seed 7 --db sqlite:///demo.db"),
    )
    parser.add_argument("--db", metavar="地址", help="数据库地址；不写是 promobot run 打开的那一个")
    parser.add_argument("--seed", metavar="数", type=_number, default=2024, help="种子，默认 2024")
    parser.set_defaults(module="bot.shell.demo", function="run")


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError("要写成数字，如 7")
    return int(text)


COMMANDS: tuple[Callable[[Any], None], ...] = (
    _run, _console, _replay, _score, _report, _roster, _plan, _remind, _care, _demo,
)  # fmt: skip


def parser() -> Parser:
    """The whole grammar of the shell."""
    top = Parser(
        prog="promobot",
        description="宣传助手：在群里报、审、算招生宣传方案的得分。",
        epilog=_examples("promobot run", "promobot score --help"),
    )
    commands = top.add_subparsers(dest="command", metavar="命令", required=True)
    for add in COMMANDS:
        add(commands)
    return top


def forgiving(stream: TextIO) -> None:
    """Let a console of any code page print what it can of a line, instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
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
        # The reader of our output has left; so that the interpreter's last flush is quiet:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return 0


if __name__ == "__main__":
    sys.exit(main())
