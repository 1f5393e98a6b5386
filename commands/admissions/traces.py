"""What still speaks of an erased person in what is stored sealed for a while: unsent messages,
drafts and proposals."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from commands.conversation.packing import pack, unpack
from commands.grammar.phones import phones
from db import erasures, line
from db.engine.tx import Reading, Row, Tx
from db.engine.vault import Unsealable
from scoring.moments import Instant


def forget(
    tx: Tx,
    now: Instant,
    says: Callable[[str], bool],
    numbers: Iterable[int],
    words: Mapping[int, Iterable[str]],
) -> None:
    """Blank every stored draft and proposal, and every unsent message, that would bring a person
    back. `numbers`: the leads and the cases about them; `words`: the names under each lead."""
    marks = [re.compile(rf"#{number}(?![0-9])") for number in numbers]
    names = {word for some in words.values() for word in some if len(word) > 1}

    def about(text: str) -> bool:
        return any(mark.search(text) for mark in marks)

    def message(row: Row) -> bool:
        try:
            said = unpack(row, tx.vault)
        except Unsealable:
            return False
        labels = "\n".join(button.label for line in said.buttons for button in line)
        text = f"{said.text}\n{labels}"
        if phones(text) and says("\n".join(digits for digits, _, _ in phones(text))):
            return True
        if any(says(_readable(file.data)) for file in said.files):
            return True
        if not says(text):
            return False
        if about(text):
            return True
        for name in names:
            said = replace(said, text=said.text.replace(name, erasures.SOMEBODY))
        erasures.reword(tx, row.id, pack(said, tx.vault))
        return False

    def kept(sealed: bytes, context: bytes) -> bool:
        text = _opened(tx, sealed, context)
        if context == b"proposal" and text:
            body = json.loads(text)
            text = body.get("line", "")
            if (file := body.get("file")) and says(_readable(bytes.fromhex(file[1]))):
                return True
        return says(text) or about(text)

    erasures.unsay(tx, now, message)
    erasures.replace_names(tx, sorted(names))
    erasures.forget_drafts(tx, lambda sealed: kept(sealed, b"dialogue"))
    erasures.forget_proposals(tx, lambda sealed: kept(sealed, b"proposal"))
    line.forget(tx, lambda sealed: kept(sealed, line.SEALED_FOR))


def _opened(tx: Reading, sealed: bytes, context: bytes) -> str:
    try:
        return tx.vault.open(sealed, context).decode()
    except Unsealable:
        return ""


def _readable(data: bytes) -> str:
    """What can be read of a file, or of every part of a workbook or paper."""
    parts = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = [packed.read(name) for name in packed.namelist() if name.endswith(".xml")]
    return "\n".join(part.decode("utf-8", "replace") for part in parts)
