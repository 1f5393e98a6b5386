"""The files of a month's report, as they are sent and laid down."""

from collections.abc import Mapping
from typing import Any

from commands.chat.messages import File
from commands.months import workbook
from commands.months.outline import title
from commands.paper import chart, word
from scoring.plan import Plan


def files(plan: Plan, document: Mapping[str, Any], seal: str = "") -> tuple[tuple[File, ...], str]:
    """The paper, the workbook and the picture, and what has to be said of the picture; without
    a `seal` they are a draft."""
    name = title(document) + ("" if seal else "草稿")
    table = f"{name}明细.xlsx"
    picture = chart.ranking(document)
    made = [
        File(
            name=f"{name}.docx",
            data=word.write(plan, document, seal=seal, attachment=table),
        ),
        File(name=table, data=workbook.write(plan, document, seal=seal)),
    ]
    if picture.data:
        made.append(File(name=f"{name}得分率.png", data=picture.data))
    return tuple(made), picture.warning
