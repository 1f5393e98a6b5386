"""The files of a month's report: the paper, the workbook and the picture."""

from collections.abc import Mapping
from typing import Any

from commands.chat.messages import File
from commands.months import workbook
from commands.months.outline import outline, title
from commands.months.picture import ranking
from commands.paper.blocks import when
from commands.paper.word import LETTERHEAD, SIGNATURE, Paper, lay_out
from commands.wording.sentences import say
from scoring.plan import Plan


def files(plan: Plan, document: Mapping[str, Any], seal: str = "") -> tuple[tuple[File, ...], str]:
    """The paper, the workbook and the picture, and what has to be said of the picture; without
    a `seal` they are a draft."""
    name = title(document) + ("" if seal else "草稿")
    table = f"{name}明细.xlsx"
    picture = ranking(document)
    made = [
        File(
            name=f"{name}.docx",
            data=write(plan, document, seal=seal, attachment=table),
        ),
        File(name=table, data=workbook.write(plan, document, seal=seal)),
    ]
    if picture.data:
        made.append(File(name=f"{name}得分率.png", data=picture.data))
    return tuple(made), picture.warning


def write(
    plan: Plan, document: Mapping[str, Any], *, seal: str = "", attachment: str = ""
) -> bytes:
    """The bytes of a month's .docx; `seal` is printed, without one it is marked as a draft."""
    return lay_out(
        Paper(
            mark=document["letterhead"][LETTERHEAD] or say("document.letterhead"),
            title=title(document),
            note="" if seal else say("document.draft", when=when(document["known"])),
            recipient=say("document.recipient"),
            blocks=outline(plan, document),
            attachment=say("document.attachment", name=attachment) if attachment else "",
            signature=document["letterhead"][SIGNATURE] or say("document.signature"),
            at=document["known"],
            small=say("document.seal", seal=seal) if seal else say("document.seal_draft"),
        )
    )
