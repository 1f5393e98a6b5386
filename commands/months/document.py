"""The files of a month's report: the paper, the workbook and the picture."""

from commands.chat.messages import File
from commands.months import workbook
from commands.months.outline import outline, title
from commands.months.picture import ranking
from commands.months.report import LETTERHEAD, SIGNATURE, Report
from commands.paper.blocks import when
from commands.paper.word import Paper, lay_out
from commands.wording.sentences import say
from scoring.plan import Plan


def files(plan: Plan, report: Report, seal: str = "") -> tuple[tuple[File, ...], str]:
    """The paper, the workbook and the picture, with the warning of the picture; without a `seal`
    they are a draft."""
    name = title(report) + ("" if seal else "草稿")
    table = f"{name}明细.xlsx"
    picture = ranking(report)
    made = [
        File(
            name=f"{name}.docx",
            data=write(plan, report, seal=seal, attachment=table),
        ),
        File(name=table, data=workbook.write(plan, report, seal=seal)),
    ]
    if picture.data:
        made.append(File(name=f"{name}得分率.png", data=picture.data))
    return tuple(made), picture.warning


def write(plan: Plan, report: Report, *, seal: str = "", attachment: str = "") -> bytes:
    """The bytes of a month's .docx, which prints its `seal` or says that it is a draft."""
    return lay_out(
        Paper(
            mark=report.letterhead[LETTERHEAD] or say("document.letterhead"),
            title=title(report),
            note="" if seal else say("document.draft", when=when(report.known)),
            recipient=say("document.recipient"),
            blocks=outline(plan, report),
            attachment=say("document.attachment", name=attachment) if attachment else "",
            signature=report.letterhead[SIGNATURE] or say("document.signature"),
            at=report.known,
            small=say("document.seal", seal=seal) if seal else say("document.seal_draft"),
        )
    )
